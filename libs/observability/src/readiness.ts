import { type OnModuleDestroy } from '@nestjs/common';
import { maskUrls } from './redact.js';
import { within } from './within.js';

/** What must work for a service to do its work, by name; a check that rejects has failed. */
export type Checks = Readonly<Record<string, () => Promise<void>>>;

export interface ReadinessReport {
  status: 'ok' | 'failed' | 'shutting down';
  /** `ok` or `failed: <reason>` for each check. */
  checks: Record<string, string>;
}

const CHECK_LIMIT_MS = 2_000;
const CACHE_MS = 1_000;

/** Whether this service can work now. Asked by anyone, so checks run at most once a second, each for at most 2 s. */
export class Readiness implements OnModuleDestroy {
  private shuttingDown = false;
  private latest?: { report: Promise<ReadinessReport>; until: number };

  constructor(private readonly checks: Checks) {}

  onModuleDestroy(): void {
    this.shuttingDown = true;
  }

  /** The state now, or up to one second ago. Never rejects. */
  async report(): Promise<ReadinessReport> {
    if (this.shuttingDown) return { status: 'shutting down', checks: {} };
    if (!this.latest || performance.now() >= this.latest.until) {
      const latest = { report: this.run(), until: Infinity };
      this.latest = latest;
      // The second counts from the answer: a slow check must not be started again while it runs.
      void latest.report.then(() => (latest.until = performance.now() + CACHE_MS));
    }
    const report = await this.latest.report;
    return this.shuttingDown ? { status: 'shutting down', checks: {} } : report;
  }

  private async run(): Promise<ReadinessReport> {
    const results = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => {
        const result = await within(CHECK_LIMIT_MS, async () => check()).then(() => 'ok', failure);
        return [name, result] as const;
      }),
    );
    const status = results.every(([, result]) => result === 'ok') ? 'ok' : 'failed';
    return { status, checks: Object.fromEntries(results) };
  }
}

/** Errors of drivers tell hosts and users in their message; strangers read this, so their code must do. */
function failure(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return `failed: ${code}`;
  return `failed: ${typeof message === 'string' ? maskUrls(message).slice(0, 200) : 'unknown'}`;
}
