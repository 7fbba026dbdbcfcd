import t from 'tap';
import { createGenerations } from '../../src/cache/generations.ts';
import { createCourseMemory } from '../../src/interactions/course-memory.ts';
import type { ResourceReader } from '../../src/protocol/resource-reader.ts';

/** A reader that counts how often it is asked. */
function readerOf(courses: readonly unknown[]) {
  const asked: string[] = [];
  const reader = {
    read: async () => undefined,
    find: async (_type: string, parameters: readonly (readonly [string, string])[]) => {
      asked.push(parameters[0]![1]);
      return [...courses];
    },
  } as ResourceReader;
  return { reader, asked };
}

t.test('a patient without a course is looked for once', async (t) => {
  const coursesOf = createCourseMemory().finder(createGenerations());
  const { reader, asked } = readerOf([]);
  t.same(await coursesOf('Patient/1', reader), []);
  t.same(await coursesOf('Patient/1', reader), []);
  t.same(await coursesOf('Patient/2', reader), []);
  t.same(asked, ['Patient/1', 'Patient/2']);
});

t.test('a patient with a course is looked for each time, since the course may have changed', async (t) => {
  const coursesOf = createCourseMemory().finder(createGenerations());
  const { reader, asked } = readerOf([{ resourceType: 'Procedure', id: 'c' }]);
  await coursesOf('Patient/1', reader);
  await coursesOf('Patient/1', reader);
  t.equal(asked.length, 2);
});

for (const reference of ['Patient/1', 'Patient/1/_history/3']) {
  t.test(`a Procedure written since makes ${reference} unknown again`, async (t) => {
    const generations = createGenerations();
    const coursesOf = createCourseMemory().finder(generations);
    await coursesOf(reference, readerOf([]).reader);
    const mark = generations.begin();
    mark.touch('Procedure@1');
    mark.end();
    t.equal((await coursesOf(reference, readerOf([{ id: 'c' }]).reader)).length, 1);
  });
}

t.test(
  'nothing is remembered, nor remembered things believed, while a Procedure is being written',
  async (t) => {
    const generations = createGenerations();
    const coursesOf = createCourseMemory().finder(generations);
    await coursesOf('Patient/1', readerOf([]).reader);
    const mark = generations.begin();
    mark.touch('Procedure@1');
    t.equal((await coursesOf('Patient/1', readerOf([{ id: 'c' }]).reader)).length, 1, 'not believed');
    await coursesOf('Patient/1', readerOf([]).reader);
    mark.end();
    t.equal((await coursesOf('Patient/1', readerOf([{ id: 'c' }]).reader)).length, 1, 'not remembered');
  },
);
