/** One part of the bench of validation, in a process of its own. */
import { validationParts } from './validation.ts';

await validationParts[process.argv[2] ?? '']?.();
