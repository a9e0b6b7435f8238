import { Module, type DynamicModule } from '@nestjs/common';
import { type Metrics } from './metrics.js';
import { METRICS_ACCESS, type MetricsAccess, OPS_METRICS, OpsController } from './ops.controller.js';
import { Readiness, type Checks } from './readiness.js';

export interface OpsOptions {
  /** One service's metrics, or those of all services in this process. */
  metrics: Metrics | readonly Metrics[];
  /**
   * What `/readyz` asks, for example `{ database: async () => void (await pool.query('select 1')) }`; or the readiness of
   * an application that this one answers for.
   */
  checks: Checks | Readiness;
  /** Who may read `/metrics`; everyone when absent. */
  metricsAccess?: MetricsAccess;
}

/** `GET /livez`, `/readyz` and `/metrics` for any Nest HTTP application, public even behind a default-deny guard. */
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
