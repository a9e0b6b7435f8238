import { Injectable } from '@nestjs/common';
import { type CallTally, outcomeOf } from './lifecycle.rule.js';

/** Counts the outcomes of SCIM calls in this process since the last save. */
@Injectable()
export class CallCounts {
  private tallies = new Map<string, CallTally>();

  /** Counts an authenticated call by its HTTP status. */
  count(integrationId: string, httpStatus: number): void {
    const outcome = outcomeOf(httpStatus);
    const failures = outcome === 'failed' ? 1 : 0;
    const refusals = outcome === 'refused' ? 1 : 0;
    this.add(integrationId, { calls: 1, failures, refusals, refusedCredentials: 0 });
  }

  /** Counts a call with an expired or revoked token. */
  countRefusedCredential(integrationId: string): void {
    this.add(integrationId, { calls: 0, failures: 0, refusals: 0, refusedCredentials: 1 });
  }

  /** @returns the counts by integration, and resets them */
  take(): ReadonlyMap<string, CallTally> {
    const counts = this.tallies;
    this.tallies = new Map();
    return counts;
  }

  /** Adds counts back that could not be saved. */
  restore(tallies: ReadonlyMap<string, CallTally>): void {
    for (const [integrationId, tally] of tallies) this.add(integrationId, tally);
  }

  private add(integrationId: string, more: CallTally): void {
    const tally = this.tallies.get(integrationId) ?? { calls: 0, failures: 0, refusals: 0, refusedCredentials: 0 };
    for (const key of Object.keys(tally) as (keyof CallTally)[]) tally[key] += more[key];
    this.tallies.set(integrationId, tally);
  }
}
