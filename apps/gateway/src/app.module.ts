import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, type Metrics } from '@tidegate/observability';
import { type Checks, OpsModule } from '@tidegate/runtime';
import { ActivityModule } from './activity/activity.module.js';
import { ApiModule } from './api/api.module.js';
import { AuthModule } from './auth/auth.module.js';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER, METRICS } from './config/config.js';
import { CredentialsModule } from './credentials/credentials.module.js';
import { IntegrationsModule } from './integrations/integrations.module.js';
import { LoginModule } from './login/login.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { PagesModule } from './pages/pages.module.js';
import { ScimModule } from './scim/scim.module.js';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from './config/secrets.js';

/** Shared objects that the modules inject. */
export interface AppDependencies {
  config: GatewayConfig;
  database: Database;
  secrets: Secrets<Purpose>;
  commands: CommandClient;
  logger: Logger;
  metrics: readonly Metrics[];
  ownMetrics: Metrics;
  checks: Checks;
  /** Checks that only the start page shows. */
  shownChecks: Checks;
}

/** Provides the shared objects to every module. */
@Module({})
class CoreModule {
  static register({ config, database, secrets, commands, logger, ownMetrics }: AppDependencies): DynamicModule {
    const providers = [
      { provide: GATEWAY_CONFIG, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: METRICS, useValue: ownMetrics },
      { provide: Database, useValue: database },
      { provide: Secrets, useValue: secrets },
      { provide: CommandClient, useValue: commands },
    ];
    return { module: CoreModule, global: true, providers, exports: providers };
  }
}

/** The root module: one module per folder. */
@Module({
  imports: [
    AuthModule,
    IntegrationsModule,
    CredentialsModule,
    LoginModule,
    ActivityModule,
    ScimModule,
    ApiModule,
    OAuthModule,
  ],
})
export class AppModule {
  static register(dependencies: AppDependencies): DynamicModule {
    const { metrics, checks, shownChecks, config } = dependencies;
    // The port is public, so /metrics requires the token.
    const metricsAccess = config.metricsToken === undefined ? 'closed' : { token: config.metricsToken };
    const ops = OpsModule.forRoot({ metrics, checks, metricsAccess });
    const pages = PagesModule.register({ ...checks, ...shownChecks });
    return { module: AppModule, imports: [CoreModule.register(dependencies), ops, pages] };
  }
}
