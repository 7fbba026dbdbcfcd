/**
 * What can be said of single elements and values.
 * https://hl7.org/fhir/R4/validation.html
 */
import type { FindingRow } from './finding.ts';

export const elementFindings = {
  'not-a-resource': {
    severity: 'error',
    code: 'structure',
    text: 'A resource is a JSON object with a resourceType',
  },
  'unknown-resource-type': {
    severity: 'error',
    code: 'structure',
    text: 'The resource type is not one of R4',
  },
  'unknown-element': { severity: 'error', code: 'structure', text: 'Unknown element {0}' },
  'element-order': {
    severity: 'error',
    code: 'structure',
    text: '{0} is out of order: in XML, elements stand in the order of their definition',
  },
  'json-comments': {
    severity: 'warning',
    code: 'structure',
    text: 'fhir_comments is not part of R4 and is ignored',
  },
  'object-expected': { severity: 'error', code: 'structure', text: '{0} is an object of type {1}' },
  'array-expected': { severity: 'error', code: 'invalid', text: '{0} may repeat: it is a JSON array' },
  'array-unexpected': {
    severity: 'error',
    code: 'invalid',
    text: '{0} does not repeat: it is no JSON array',
  },
  'array-empty': { severity: 'error', code: 'invalid', text: 'An empty array is not allowed: leave out {0}' },
  'null-unexpected': { severity: 'error', code: 'invalid', text: 'null is not allowed: leave out {0}' },
  'companion-length': { severity: 'error', code: 'structure', text: '_{0} has more items than {0}' },
  'cardinality-min': { severity: 'error', code: 'structure', text: '{0}: at least {1} needed' },
  'cardinality-max': { severity: 'error', code: 'structure', text: '{0}: at most {1} allowed' },
  'choice-multiple': { severity: 'error', code: 'structure', text: '{0}[x] may be given in one type only' },
  type: {
    severity: 'error',
    code: 'structure',
    text: '{0} has a type that is not allowed here; allowed: {1}',
  },
  'json-type': { severity: 'error', code: 'invalid', text: 'A value of type {1} is written as a JSON {2}' },
  format: { severity: 'error', code: 'invalid', text: 'Not a valid {1}' },
  'string-empty': { severity: 'error', code: 'invalid', text: 'A value cannot be empty or white space only' },
  'string-blank': {
    severity: 'warning',
    code: 'invalid',
    text: 'A text should not be white space only: it may be trimmed to nothing',
  },
  'uri-prefix': {
    severity: 'error',
    code: 'invalid',
    text: 'An OID or UUID is written as urn:oid: or urn:uuid:',
  },
  'uri-oid': { severity: 'error', code: 'value', text: 'What follows urn:oid: is not an OID' },
  'uri-uuid': {
    severity: 'error',
    code: 'value',
    text: 'What follows urn:uuid: is not a UUID in lower case',
  },
  'string-length': { severity: 'error', code: 'invalid', text: 'The value is longer than {1} characters' },
  'string-short': { severity: 'error', code: 'invalid', text: 'The value is shorter than {1} characters' },
  'decimal-places': {
    severity: 'error',
    code: 'structure',
    text: 'The value has more than {1} decimal places',
  },
  'value-regex': {
    severity: 'error',
    code: 'invalid',
    text: '{0} does not have the form that {1} demands',
  },
  'value-regex-not-checked': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: the form that {1} demands of {0} could not be looked at in time',
  },
  'data-size': { severity: 'error', code: 'structure', text: 'The data are larger than maxSize allows, {1}' },
  'value-min': {
    severity: 'error',
    code: 'invalid',
    text: '{0} is below the smallest value that {1} allows',
  },
  'value-max': { severity: 'error', code: 'invalid', text: '{0} is above the largest value that {1} allows' },
  'value-unit': {
    severity: 'error',
    code: 'invalid',
    text: '{0} has a unit of another kind than the limit that {1} sets',
  },
  fixed: { severity: 'error', code: 'value', text: '{0} differs from the value that {1} fixes' },
  pattern: { severity: 'error', code: 'value', text: '{0} does not match the pattern that {1} demands' },
  'slice-min': { severity: 'error', code: 'structure', text: 'Slice {0}: at least {1} needed' },
  'slice-max': { severity: 'error', code: 'structure', text: 'Slice {0}: at most {1} allowed' },
  'slice-closed': {
    severity: 'error',
    code: 'invalid',
    text: '{0} matches none of the slices of {1}, which is closed',
  },
  'slice-multiple': {
    severity: 'error',
    code: 'invalid',
    text: '{0} matches more than one of the slices of {1}',
  },
  'slice-order': {
    severity: 'error',
    code: 'invalid',
    text: '{0} is out of the order of slices that {1} demands',
  },
  'slice-end': {
    severity: 'error',
    code: 'invalid',
    text: '{0}: what belongs to no slice of {1} stands at the end',
  },
  'slicing-not-checked': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: slices of {0} cannot be told apart by {1}',
  },
  'profile-unknown': {
    severity: 'warning',
    code: 'not-found',
    text: 'A claimed or requested profile is not known here',
  },
  'profile-type': { severity: 'error', code: 'invalid', text: 'The profile {0} is for {1}' },
  'profile-mismatch': { severity: 'error', code: 'structure', text: '{0} conforms to none of: {1}' },
  'profile-not-checked': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: the profile {0} is not known here',
  },
  'extension-url': {
    severity: 'error',
    code: 'invalid',
    text: 'An extension needs an absolute url, without a version',
  },
  'extension-unknown': {
    severity: 'warning',
    code: 'structure',
    text: 'No definition of this extension is known here, so it could not be checked',
  },
  'extension-part-unknown': {
    severity: 'warning',
    code: 'invalid',
    text: 'The extension {0} has no part of this name',
  },
  'extension-example': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: an extension of an example domain has no definition',
  },
  'extension-version': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: the extension stands for an element of another version of FHIR',
  },
  'extension-version-unknown': {
    severity: 'error',
    code: 'invalid',
    text: 'The extension stands for an element of a version of FHIR, but there is no such version or element',
  },
  'extension-url-version': {
    severity: 'error',
    code: 'invalid',
    text: 'The url of an extension is that of its definition without a version',
  },
  'extension-context': {
    severity: 'error',
    code: 'structure',
    text: 'The extension {0} is not allowed on {1}',
  },
  'extension-modifier': {
    severity: 'error',
    code: 'structure',
    text: 'The extension {0} changes meaning: it belongs in modifierExtension',
  },
  'extension-not-modifier': {
    severity: 'error',
    code: 'structure',
    text: 'The extension {0} does not change meaning: it belongs in extension',
  },
  'reference-format': {
    severity: 'error',
    code: 'invalid',
    text: 'A relative reference has the form [type]/[id] of a resource type of R4',
  },
  'reference-relative': {
    severity: 'warning',
    code: 'invalid',
    text: 'The relative reference is not a resource type of R4 and an id',
  },
  'reference-type': {
    severity: 'error',
    code: 'structure',
    text: 'The reference points to {0}; allowed: {1}',
  },
  'reference-type-differs': {
    severity: 'error',
    code: 'structure',
    text: 'Reference.type differs from the type of what it refers to',
  },
  'reference-aggregation': {
    severity: 'error',
    code: 'structure',
    text: 'The target is {0}; allowed: {1}',
  },
  'reference-version': {
    severity: 'error',
    code: 'invalid',
    text: 'The reference has to be {0} of a version',
  },
  'reference-unresolved': { severity: 'error', code: 'structure', text: 'The reference has no target here' },
  'reference-profile': {
    severity: 'error',
    code: 'structure',
    text: 'The target of the reference is not known to conform to any of: {0}',
  },
  'reference-not-checked': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: targets outside of this resource were not read',
  },
  'canonical-relative': {
    severity: 'warning',
    code: 'invalid',
    text: 'A canonical URL should be absolute, or a fragment of this resource',
  },
  'canonical-fragment': {
    severity: 'warning',
    code: 'not-found',
    text: 'A canonical URL that begins with # leads to a contained resource: there is none of this id',
  },
  'canonical-type': {
    severity: 'error',
    code: 'invalid',
    text: 'The canonical URL leads to a {0}; allowed: {1}',
  },
  'url-example': { severity: 'error', code: 'invalid', text: 'URLs of example domains are not allowed here' },
  'bundle-reference-unresolved': {
    severity: 'error',
    code: 'not-found',
    text: 'The reference has no target in this bundle',
  },
  narrative: {
    severity: 'error',
    code: 'invalid',
    text: 'The narrative is not well-formed XHTML in a div of the XHTML namespace',
  },
  'narrative-link': {
    severity: 'error',
    code: 'invalid',
    text: 'A link of the narrative has a scheme that no reader can follow',
  },
  'narrative-structure': {
    severity: 'error',
    code: 'structure',
    text: 'An element of the narrative stands where HTML has no place for it',
  },
  'narrative-url': {
    severity: 'error',
    code: 'invalid',
    text: 'A link or an image of the narrative has no well-formed URL',
  },
  'narrative-fragment': {
    severity: 'warning',
    code: 'invalid',
    text: 'A link within the narrative leads nowhere: no element has this id',
  },
  'narrative-source': {
    severity: 'error',
    code: 'business-rule',
    text: 'Text of the narrative does not say by its class whether it is boilerplate, generated or original',
  },
  'narrative-language': {
    severity: 'error',
    code: 'business-rule',
    text: 'The sections of the narrative are not in the languages that the profile demands',
  },
  'narrative-empty': {
    severity: 'error',
    code: 'invalid',
    text: 'The narrative has no content but white space',
  },
  'html-in-markdown': {
    severity: 'warning',
    code: 'invalid',
    text: 'The markdown has an HTML tag in it, which may not be shown',
  },
  'invariant-not-checked': {
    severity: 'information',
    code: 'not-supported',
    text: 'Not checked: the rule {0} could not be evaluated',
  },
  'must-support': {
    severity: 'information',
    code: 'informational',
    text: '{0}, which {1} marks as must-support, is absent',
  },
  'identifier-system': {
    severity: 'error',
    code: 'code-invalid',
    text: 'The system of an identifier is an absolute URI',
  },
  'security-duplicate': {
    severity: 'error',
    code: 'duplicate',
    text: 'Another security label of the resource is the same',
  },
  'identifier-uri': {
    severity: 'error',
    code: 'code-invalid',
    text: 'With the system urn:ietf:rfc:3986 the value is a full URI',
  },
  'contained-duplicate': {
    severity: 'error',
    code: 'duplicate',
    text: 'Another contained resource has this id',
  },
  'attachment-size': { severity: 'error', code: 'structure', text: 'The size differs from that of the data' },
  'attachment-hash': { severity: 'warning', code: 'invalid', text: 'The hash differs from that of the data' },
  'id-duplicate': {
    severity: 'error',
    code: 'business-rule',
    text: 'Another element of the resource has this id',
  },
  'too-deep': { severity: 'error', code: 'too-costly', text: 'Nested more than {0} levels deep' },
} as const satisfies Record<string, FindingRow>;
