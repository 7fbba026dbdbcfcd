/** The table of operations. Router, CapabilityStatement, OpenAPI and batches go by it. */
import type { Operation } from './operation.ts';
import { validate } from './validate.ts';
import { versions } from './versions.ts';

export const operations: readonly Operation[] = [validate, versions];
