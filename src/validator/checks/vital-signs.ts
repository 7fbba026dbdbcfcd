/**
 * Vital signs: an Observation with one of these codes follows the vital signs profile of that code, whether it claims
 * it or not.
 * https://hl7.org/fhir/R4/observation-vitalsigns.html
 */
import { isObject } from '../../fhir/resource.ts';

const loinc = 'http://loinc.org';
const base = 'http://hl7.org/fhir/StructureDefinition/';

const profileByCode = new Map(
  Object.entries({
    '85353-1': 'vitalspanel',
    '9279-1': 'resprate',
    '8867-4': 'heartrate',
    '2708-6': 'oxygensat',
    '8310-5': 'bodytemp',
    '8302-2': 'bodyheight',
    '9843-4': 'headcircum',
    '29463-7': 'bodyweight',
    '39156-5': 'bmi',
    '85354-9': 'bp',
  }).map(([code, id]) => [code, base + id]),
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
