/** The table of operations. Router, CapabilityStatement, OpenAPI and batches go by it. */
import { activityDefinitionApply } from './activity-definition-apply.ts';
import { carePlanEverything } from './care-plan-everything.ts';
import { metaAdd, metaDelete } from './change-meta.ts';
import { extract } from './extract.ts';
import { lastn } from './lastn.ts';
import { meta } from './meta.ts';
import type { Operation } from './operation.ts';
import { patientEverything } from './patient-everything.ts';
import { planDefinitionApply } from './plan-definition-apply.ts';
import { populate } from './populate.ts';
import { protocolCheck } from './protocol-check.ts';
import { timeline } from './timeline.ts';
import { trajectory } from './trajectory.ts';
import { validate } from './validate.ts';
import { versions } from './versions.ts';

export const operations: readonly Operation[] = [
  validate,
  patientEverything,
  carePlanEverything,
  lastn,
  populate,
  extract,
  meta,
  metaAdd,
  metaDelete,
  planDefinitionApply,
  activityDefinitionApply,
  protocolCheck,
  timeline,
  trajectory,
  versions,
];
