import { Injectable } from '@nestjs/common';
import { type CallTally, outcomeOf } from './lifecycle.rule.js';

/** What SCIM calls came to in this process since it was last written down. */
@Injectable()
export class CallCounts {
  private tallies = new Map<string, CallTally>();

  /** Counts a call that had a good credential, by the HTTP status of its answer. */
  count(integrationId: string, httpStatus: number): void {
    const outcome = outcomeOf(httpStatus);
    const failures = outcome === 'failed' ? 1 : 0;
    const refusals = outcome === 'refused' ? 1 : 0;
    this.add(integrationId, { calls: 1, failures, refusals, refusedCredentials: 0 });
  }

  /** Counts the use of a token of the integration that is no longer good. */
  countRefusedCredential(integrationId: string): void {
    this.add(integrationId, { calls: 0, failures: 0, refusals: 0, refusedCredentials: 1 });
  }

  /** @returns what was counted, by integration, and begins anew */
  take(): ReadonlyMap<string, CallTally> {
    const taken = this.tallies;
    this.tallies = new Map();
    return taken;
  }

  /** Puts back what could not be written down. */
  giveBack(tallies: ReadonlyMap<string, CallTally>): void {
    for (const [integrationId, tally] of tallies) this.add(integrationId, tally);
  }

  private add(integrationId: string, more: CallTally): void {
    const tally = this.tallies.get(integrationId) ?? { calls: 0, failures: 0, refusals: 0, refusedCredentials: 0 };
    for (const key of Object.keys(tally) as (keyof CallTally)[]) tally[key] += more[key];
    this.tallies.set(integrationId, tally);
  }
}
