/**
 * Vital signs: an Observation with one of these codes follows the vital signs profile of that code, whether it claims
 * it or not.
 * https://hl7.org/fhir/R4/observation-vitalsigns.html
 */
import { isObject } from '../../fhir/resource.ts';

const loinc = 'http://loinc.org';
const base = 'http://hl7.org/fhir/StructureDefinition/';

/**
 * The code of each sign, which every Observation of it has, then codes that say more precisely how, where or in which
 * position it was taken: they stand beside the first, not in place of it.
 */
const codes = {
  vitalspanel: '85353-1',
  resprate: '9279-1 11291-2 19840-8 33438-3 76170-0 76171-8 76172-6 76270-8',
  heartrate:
    '8867-4 8886-4 8889-8 8890-6 8891-4 8892-2 8893-0 11328-2 40443-4 55425-3 60978-4 68999-2 69000-8 73795-7 73799-9 76476-1 76477-9',
  oxygensat: '2708-6 2709-4 2710-2 2713-6 19224-5 20564-1 51733-4 59408-5 59417-6 89276-0 97549-0',
  bodytemp:
    '8310-5 8309-7 8328-7 8329-5 8330-3 8331-1 8332-9 8333-7 8334-5 60834-9 60835-6 60836-4 60838-0 60955-2 61009-7 75539-7 75987-8 76010-8 76011-6 76278-1 91371-5 98657-0 98663-8',
  bodyheight: '8302-2 3137-7 3138-5 8306-3 8308-9',
  headcircum: '9843-4 8287-5',
  bodyweight: '29463-7 3141-9 3142-7 8350-1 8351-9 75292-3 79348-9',
  bmi: '39156-5 59574-4 89270-3',
  bp: '85354-9 8459-0 8480-6 35094-2 55284-4 76534-7',
};

const profileByCode = new Map(
  Object.entries(codes).flatMap(([id, list]) => list.split(' ').map((code) => [code, base + id])),
);

const none: readonly string[] = [];

/** The profiles that the codes of an Observation bring with them. */
export function impliedProfiles({ code }: Record<string, unknown>): readonly string[] {
  if (!isObject(code)) return none;
  const { coding } = code;
  if (!Array.isArray(coding)) return none;
  let profiles: string[] | undefined;
  for (const one of coding) {
    if (!isObject(one) || one.system !== loinc || typeof one.code !== 'string') continue;
    const profile = profileByCode.get(one.code);
    if (profile === undefined) continue;
    profiles ??= [];
    profiles.push(profile);
  }
  return profiles ?? none;
}
