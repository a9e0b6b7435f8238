import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { metricsText, type Metrics } from './metrics.js';
import { Public } from './public.decorator.js';
import { Readiness, type ReadinessReport } from './readiness.js';

/** Injection token of the metrics that `GET /metrics` shows: a list of `Metrics`. */
export const OPS_METRICS = Symbol('OPS_METRICS');

/** The part of a Fastify or Express reply needed here. */
interface Reply {
  status(code: number): unknown;
}

/** What orchestrators and Prometheus ask. Answers hold no personal data, ids or addresses. */
@Public()
@Controller()
export class OpsController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(OPS_METRICS) private readonly metrics: readonly Metrics[],
  ) {}

  /** 200 while the process answers at all; asks nothing else, so that an outage of a neighbour restarts nobody. */
  @Get('livez')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 when every check passes, else 503; 503 from the moment shutdown begins. */
  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    reply.status(report.status === 'ok' ? 200 : 503);
    return report;
  }

  /** Prometheus' text exposition format 0.0.4. */
  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  metricsAsText(): Promise<string> {
    return metricsText(this.metrics);
  }
}
