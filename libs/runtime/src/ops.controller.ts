import { createHash, timingSafeEqual } from 'node:crypto';
import {
  Controller,
  Get,
  Header,
  Headers,
  Inject,
  NotFoundException,
  Res,
  UnauthorizedException,
} from '@nestjs/common';
import { metricsText, type Metrics } from '@tidegate/observability';
import { Public } from './public.decorator.js';
import { Readiness, type ReadinessReport } from './readiness.js';

/** Injection token of the list of `Metrics` for `GET /metrics`. */
export const OPS_METRICS = Symbol('OPS_METRICS');

/** Injection token of the `MetricsAccess`. */
export const METRICS_ACCESS = Symbol('METRICS_ACCESS');

/** Access to `GET /metrics`: open, closed (404), or with `Authorization: Bearer <token>`. */
export type MetricsAccess = 'open' | 'closed' | { token: string };

/** The used part of a Fastify or Express reply. */
interface Reply {
  status(code: number): unknown;
}

/** Health and metrics for orchestrators and Prometheus. Responses contain no personal data, ids or addresses. */
@Public()
@Controller()
export class OpsController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(OPS_METRICS) private readonly metrics: readonly Metrics[],
    @Inject(METRICS_ACCESS) private readonly access: MetricsAccess,
  ) {}

  /** Always 200. Does not check dependencies, so that their outage does not restart this process. */
  @Get('livez')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 when all checks pass, else 503; 503 once shutdown begins. */
  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    reply.status(report.status === 'ok' ? 200 : 503);
    return report;
  }

  /**
   * Prometheus text exposition format 0.0.4.
   * @throws NotFoundException when access is closed, UnauthorizedException without the required token
   */
  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  async metricsAsText(@Headers('authorization') authorization?: string): Promise<string> {
    if (this.access === 'closed') throw new NotFoundException();
    if (this.access !== 'open' && !isBearer(this.access.token, authorization)) throw new UnauthorizedException();
    return metricsText(this.metrics);
  }
}

function isBearer(token: string, authorization = ''): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return given !== undefined && timingSafeEqual(hash(given), hash(token));
}
