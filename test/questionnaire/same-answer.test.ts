import t from 'tap';
import { compareAnswers, isSameAnswer } from '../../src/questionnaire/same-answer.ts';

const mass = (value: number, code: string) => ({ value, system: 'http://unitsofmeasure.org', code });
const patient = (value: string) => ({ identifier: { system: 'urn:x', value } });

t.test('dates and times are compared by what they stand for', async (t) => {
  t.equal(compareAnswers('2020-01-01T10:00:00Z', '2020-01-01T11:00:00+01:00'), 0);
  t.ok(Number(compareAnswers('2020-01-01T10:00:00Z', '2020-01-01T10:30:00+01:00')) > 0);
  t.equal(compareAnswers('10:00:00', '10:00:00.000'), 0);
  t.ok(Number(compareAnswers('10:00:00', '10:00:00.50')) < 0);
  t.ok(Number(compareAnswers('2019-12-31', '2020')) < 0);
});

t.test('a date within a less precise one is neither before nor after it', async (t) => {
  t.equal(compareAnswers('2020-06-01', '2020'), undefined);
  t.equal(compareAnswers('2020-06', '2020-06-01T10:00:00Z'), undefined);
  t.ok(Number(compareAnswers('2020-06', '2020-07-01')) < 0);
});

t.test('answers are the same when they mean the same', async (t) => {
  t.ok(isSameAnswer('2020-01-01T10:00:00Z', '2020-01-01T11:00:00+01:00'));
  t.notOk(isSameAnswer('2020-01-01', '2020'));
  t.ok(isSameAnswer(mass(1, 'kg'), mass(1000, 'g')));
  t.notOk(isSameAnswer(mass(1, 'kg'), mass(1, 'g')));
  t.notOk(isSameAnswer(mass(1, 'kg'), mass(1, 'm')));
  t.ok(isSameAnswer(patient('1'), patient('1')));
  t.notOk(isSameAnswer(patient('1'), patient('2')));
});
