/**
 * `GET [base]/metadata`: what the server does, made once and kept as bytes.
 * https://hl7.org/fhir/R4/http.html#capabilities
 */
import type { CapabilityStatement, TerminologyCapabilities } from '@medplum/fhirtypes';
import { refuse } from '../../core/fhir-error.ts';
import { type CapabilityOptions, capabilityStatement, statementHead } from '../capability-statement.ts';
import { lastValue } from '../query.ts';
import type { FhirRoute } from './fhir-route.ts';

type Statement = CapabilityStatement | TerminologyCapabilities;

/** @param routes rows of the table of interactions, this one not among them */
export function createMetadataRoute(options: CapabilityOptions, routes: readonly FhirRoute[]): FhirRoute {
  const modes: Readonly<Record<string, (baseUrl: string) => Statement>> = {
    full: (baseUrl) => capabilityStatement(options, routes, baseUrl),
    normative: (baseUrl) => normative(capabilityStatement(options, routes, baseUrl)),
    terminology: (baseUrl) => terminologyCapabilities(options, baseUrl),
  };
  const known = Object.keys(modes);
  // One answer a mode: that for the base URL last asked by, which is the only one there is behind a fixed host.
  const kept = new Map<
    string,
    { readonly baseUrl: string; readonly revision: number; readonly body: Buffer }
  >();
  return {
    method: 'GET',
    path: '/metadata',
    open: true,
    handle: async (_services, { baseUrl }, { query }) => {
      const mode = lastValue(query, 'mode') ?? 'full';
      if (!known.includes(mode))
        throw refuse('invalid-parameter', `The parameter mode takes ${known.join(', ')}`);
      let answer = kept.get(mode);
      const revision = options.revision();
      if (answer?.baseUrl !== baseUrl || answer.revision !== revision) {
        answer = { baseUrl, revision, body: Buffer.from(JSON.stringify(modes[mode]!(baseUrl))) };
        kept.set(mode, answer);
      }
      return { status: 200, body: answer.body };
    },
  };
}

/** Without the elements that R4 marks as trial use. https://hl7.org/fhir/R4/capabilitystatement-definitions.html */
function normative(statement: CapabilityStatement): CapabilityStatement {
  return {
    ...statement,
    rest: statement.rest!.map(({ security: _trialUse, ...rest }) => ({
      ...rest,
      resource: rest.resource!.map(({ type, profile, interaction, searchParam, operation }) => ({
        type: type!,
        profile: profile!,
        interaction: interaction!,
        searchParam: searchParam!,
        ...(operation ? { operation } : {}),
      })),
    })),
  };
}

/** https://hl7.org/fhir/R4/terminologycapabilities.html */
function terminologyCapabilities(options: CapabilityOptions, baseUrl: string): TerminologyCapabilities {
  const systems = options.registry.guideArtefacts('CodeSystem').map(({ url }) => ({ uri: String(url) }));
  return {
    resourceType: 'TerminologyCapabilities',
    ...statementHead(options, baseUrl),
    ...(systems.length > 0 ? { codeSystem: systems } : {}),
  };
}
