/**
 * What follows from writes inside the same unit of work, once all of them are made and before any is committed: scores
 * that are derived from them, rules of the protocol that look across resources. A follow-up may write, and may refuse.
 */
import type { Issue } from '../core/issue.ts';
import type { Result, Services } from './interaction.ts';
import type { Work } from './write-version.ts';

/** A finding about one of the resources written. */
export interface FollowUpIssue extends Issue {
  /** `Type/id` of the resource that it is about. */
  readonly resource?: string;
}

/** @throws FhirError when what was written must not be stored */
export type FollowUp = (services: Services, work: Work) => Promise<readonly FollowUpIssue[]>;

/** Runs every follow-up; called last in a unit of work. */
export async function settle(services: Services, work: Work): Promise<FollowUpIssue[]> {
  const issues: FollowUpIssue[] = [];
  if (work.written.length === 0 && work.foreseen.size === 0) return issues;
  for (const followUp of services.followUps) issues.push(...(await followUp(services, work)));
  return issues;
}

/** The answer to a single write, with what its follow-ups have to say. */
export async function withFollowUps(services: Services, work: Work, result: Result): Promise<Result> {
  const told = await settle(services, work);
  return told.length === 0 ? result : { ...result, issues: [...(result.issues ?? []), ...told] };
}
