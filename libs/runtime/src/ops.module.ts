import { Module, type DynamicModule } from '@nestjs/common';
import { type Metrics } from '@tidegate/observability';
import { METRICS_ACCESS, type MetricsAccess, OPS_METRICS, OpsController } from './ops.controller.js';
import { Readiness, type Checks } from './readiness.js';

export interface OpsOptions {
  /** The metrics of one service, or of all services in this process. */
  metrics: Metrics | readonly Metrics[];
  /**
   * The checks of `/readyz`, for example `{ database: async () => void (await pool.query('select 1')) }`, or the readiness
   * of another application.
   */
  checks: Checks | Readiness;
  /** Access to `/metrics`. Default `open`. */
  metricsAccess?: MetricsAccess;
}

/** `GET /livez`, `/readyz` and `/metrics` for any Nest HTTP application, public also with a default-deny guard. */
@Module({})
export class OpsModule {
  static forRoot({ metrics, checks, metricsAccess = 'open' }: OpsOptions): DynamicModule {
    return {
      module: OpsModule,
      controllers: [OpsController],
      providers: [
        { provide: Readiness, useFactory: () => (checks instanceof Readiness ? checks : new Readiness(checks)) },
        { provide: OPS_METRICS, useValue: [metrics].flat() },
        { provide: METRICS_ACCESS, useValue: metricsAccess },
      ],
      exports: [Readiness],
    };
  }
}
