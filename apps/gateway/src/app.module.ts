import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Database } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, type Metrics, OpsModule, type OpsOptions } from '@tidegate/observability';
import { ProvisioningLog } from './activity/provisioning-log.service.js';
import { Retention } from './activity/retention.worker.js';
import { ApiModule } from './api/api.module.js';
import { AccessGuard } from './auth/access.guard.js';
import { AdminsLeft } from './auth/admins-left.js';
import { ApiKeys } from './auth/api-keys.service.js';
import { Callers } from './auth/callers.service.js';
import { DeparturesController } from './auth/departures.controller.js';
import { MissedDepartures } from './auth/departures.worker.js';
import { Links } from './auth/links.service.js';
import { LoginProviders } from './auth/login-providers.service.js';
import { LoginController } from './auth/login.controller.js';
import { OpenIdLoginController } from './auth/openid-login.controller.js';
import { OpenIdLogin } from './auth/openid-login.service.js';
import { OpenId } from './auth/openid.service.js';
import { Principals } from './auth/principals.service.js';
import { RoleAssignments } from './auth/role-assignments.service.js';
import { ScimTokens } from './auth/scim-tokens.service.js';
import { SecretLookups } from './auth/secret-lookups.js';
import { Sessions } from './auth/sessions.service.js';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER, METRICS } from './config.js';
import { CallCounts } from './integrations/call-counts.js';
import { Integrations } from './integrations/integrations.service.js';
import { LifecycleWorker } from './integrations/lifecycle.worker.js';
import { TokenExpiry } from './integrations/token-expiry.worker.js';
import { IntegrationWatch } from './integrations/watch.service.js';
import { Tokens } from './integrations/tokens.service.js';
import { OAuthClients } from './oauth/oauth-clients.service.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { ScimModule } from './scim/scim.module.js';
import { Secrets } from './secrets/secrets.service.js';

/** What the application stands on. */
export interface Foundation {
  config: GatewayConfig;
  database: Database;
  secrets: Secrets;
  commands: CommandClient;
  logger: Logger;
  metrics: readonly Metrics[];
  ownMetrics: Metrics;
  checks: OpsOptions['checks'];
}

/** What both doors share. */
@Module({})
class CoreModule {
  static on({ config, database, secrets, commands, logger, ownMetrics }: Foundation): DynamicModule {
    const providers = [
      { provide: GATEWAY_CONFIG, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: METRICS, useValue: ownMetrics },
      { provide: Database, useValue: database },
      { provide: Secrets, useValue: secrets },
      { provide: CommandClient, useValue: commands },
      SecretLookups,
      AdminsLeft,
      ApiKeys,
      Sessions,
      Principals,
      Callers,
      OpenId,
      LoginProviders,
      RoleAssignments,
      Links,
      MissedDepartures,
      OpenIdLogin,
      ScimTokens,
      CallCounts,
      Integrations,
      LifecycleWorker,
      IntegrationWatch,
      Tokens,
      TokenExpiry,
      ProvisioningLog,
      Retention,
      OAuthClients,
    ];
    return { module: CoreModule, global: true, providers, exports: providers };
  }
}

@Module({})
export class AppModule {
  static on(foundation: Foundation): DynamicModule {
    const { metrics, checks } = foundation;
    return {
      module: AppModule,
      imports: [CoreModule.on(foundation), OpsModule.forRoot({ metrics, checks }), ScimModule, ApiModule, OAuthModule],
      controllers: [LoginController, OpenIdLoginController, DeparturesController],
      providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
    };
  }
}
