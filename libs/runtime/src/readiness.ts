import { type OnModuleDestroy } from '@nestjs/common';
import { maskUrls, within } from '@tidegate/observability';

/** The dependencies of a service by name. A check that rejects has failed. */
export type Checks = Readonly<Record<string, () => Promise<void>>>;

export interface ReadinessReport {
  status: 'ok' | 'failed' | 'shutting down';
  /** `ok` or `failed: <reason>` for each check. */
  checks: Record<string, string>;
}

const CHECK_LIMIT_MS = 2_000;
const CACHE_MS = 1_000;

/** Whether this service is ready. The endpoint is public, so checks run at most once a second, each for at most 2 s. */
export class Readiness implements OnModuleDestroy {
  private shuttingDown = false;
  private latest?: { report: Promise<ReadinessReport>; until: number };

  constructor(private readonly checks: Checks) {}

  onModuleDestroy(): void {
    this.shuttingDown = true;
  }

  /** @returns the state, at most one second old. Never rejects. */
  async report(): Promise<ReadinessReport> {
    if (this.shuttingDown) return { status: 'shutting down', checks: {} };
    if (!this.latest || performance.now() >= this.latest.until) {
      const latest = { report: this.run(), until: Infinity };
      this.latest = latest;
      // The cache time starts with the result, so that a slow check does not run twice at a time.
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

/** The endpoint is public and driver messages contain hosts and users, so the error code is preferred. */
function failure(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return `failed: ${code}`;
  return `failed: ${typeof message === 'string' ? maskUrls(message).slice(0, 200) : 'unknown'}`;
}
