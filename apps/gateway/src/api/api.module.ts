import { Module } from '@nestjs/common';
import { ScimModule } from '../scim/scim.module.js';
import { AccessFlowsController } from './access-flows.controller.js';
import { AccessRequestsController } from './access-requests.controller.js';
import { ActivityController } from './activity.controller.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiCommands } from './api-commands.service.js';
import { Audit } from './audit.js';
import { DirectoryController } from './directory.controller.js';
import { DocsController } from './docs.controller.js';
import { GrantsController } from './grants.controller.js';
import { CatalogController } from './catalog.controller.js';
import { IntegrationEventsController } from './integration-events.controller.js';
import { IntegrationsController } from './integrations.controller.js';
import { LoginProvidersController } from './login-providers.controller.js';
import { MeController } from './me.controller.js';
import { OAuthClientsController } from './oauth-clients.controller.js';
import { OpenApi, OpenApiController } from './openapi.controller.js';
import { RoleAssignmentsController } from './role-assignments.controller.js';
import { SyncLists } from './sync-lists.service.js';
import { TokensController } from './tokens.controller.js';

/** The admin API, /api/v1. */
@Module({
  imports: [ScimModule],
  controllers: [
    CatalogController,
    IntegrationsController,
    IntegrationEventsController,
    TokensController,
    ActivityController,
    OAuthClientsController,
    DirectoryController,
    AccessFlowsController,
    AccessRequestsController,
    GrantsController,
    ApiKeysController,
    RoleAssignmentsController,
    LoginProvidersController,
    MeController,
    OpenApiController,
    DocsController,
  ],
  providers: [ApiCommands, Audit, OpenApi, SyncLists],
})
export class ApiModule {}
