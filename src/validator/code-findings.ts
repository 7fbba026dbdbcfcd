/**
 * What the validator can say of codes: of what they are bound to, of their systems and of their displays.
 * https://hl7.org/fhir/R4/terminologies.html
 */
import type { FindingRow } from './finding.ts';

export const codeFindings = {
  'binding-required': {
    severity: 'error',
    code: 'code-invalid',
    text: 'A code from the value set {0} is required',
  },
  'binding-extensible': {
    severity: 'warning',
    code: 'code-invalid',
    text: 'No code from the value set {0}; one should be used if any of its codes fits',
  },
  'binding-preferred': {
    severity: 'information',
    code: 'code-invalid',
    text: 'No code from the preferred value set {0}',
  },
  'binding-not-checked': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: the content of the value set {0} is not known here',
  },
  'code-unknown': {
    severity: 'error',
    code: 'code-invalid',
    text: 'The code does not exist in the code system {0}',
  },
  'code-fragment': {
    severity: 'warning',
    code: 'code-invalid',
    text: 'The code is not in the part of the code system {0} that is known here',
  },
  'code-display': {
    severity: 'warning',
    code: 'invalid',
    text: 'The display is not one that the code system {0} gives for this code',
  },
  'code-not-checked': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: the content of the code system {0} is not known here',
  },
  'unit-unknown': { severity: 'warning', code: 'code-invalid', text: 'The code is not a unit of UCUM' },
  'code-system-supplement': {
    severity: 'error',
    code: 'not-found',
    text: 'The code system {0} is a supplement: codes are not taken from it',
  },
  'code-system-relative': {
    severity: 'error',
    code: 'code-invalid',
    text: 'The system of a coding is an absolute URI',
  },
  'code-system-https': {
    severity: 'error',
    code: 'code-invalid',
    text: 'The system is that of a known code system but for its scheme, which is http',
  },
  'code-system-unknown': {
    severity: 'error',
    code: 'code-invalid',
    text: 'No code system has this URL: it is that of a page, or is not quite the URL of a code system',
  },
  'code-system-versioned': {
    severity: 'error',
    code: 'business-rule',
    text: 'The version of a code system stands in an element of its own, not in its URL',
  },
  'code-system-is-value-set': {
    severity: 'error',
    code: 'invalid',
    text: 'The system names a value set: a code system is needed',
  },
} as const satisfies Record<string, FindingRow>;
