/** Placeholder. */
import type { Extraction } from './extraction.ts';

export function extractByDefinition(_extraction: Extraction): void {}
