import { Module } from '@nestjs/common';
import { ScimModule } from '../scim/scim.module.js';
import { ExplainController } from './explain/explain.controller.js';
import { FlowsController } from './flows/flows.controller.js';
import { FlowVersionsController } from './flows/flow-versions.controller.js';
import { RequestableController } from './requestable/requestable.controller.js';
import { RequestsController } from './requests/requests.controller.js';
import { TimelineController } from './requests/timeline.controller.js';
import { ActivityController } from './activity/activity.controller.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiCommands } from './common/api-commands.service.js';
import { Audit } from './common/audit.service.js';
import { UsersController } from './users/users.controller.js';
import { GroupsController } from './groups/groups.controller.js';
import { OwnersController } from './groups/owners.controller.js';
import { DocsController } from './openapi/docs.controller.js';
import { GrantsController } from './grants/grants.controller.js';
import { CatalogController } from './catalog/catalog.controller.js';
import { IntegrationEventsController } from './integrations/integration-events.controller.js';
import { IntegrationsController } from './integrations/integrations.controller.js';
import { PanicController } from './integrations/panic.controller.js';
import { LoginProvidersController } from './login-providers/login-providers.controller.js';
import { MeController } from './me/me.controller.js';
import { OwnUsers } from './me/own-users.service.js';
import { OAuthClientsController } from './oauth-clients/oauth-clients.controller.js';
import { OpenApi, OpenApiController } from './openapi/openapi.controller.js';
import { RoleAssignmentsController } from './role-assignments/role-assignments.controller.js';
import { RequestReferences } from './requests/request-references.service.js';
import { UserNames } from './common/user-names.service.js';
import { References } from './common/references.service.js';
import { IntegrationViews } from './integrations/integration-views.service.js';
import { SyncLists } from './integrations/sync-lists.service.js';
import { TokensController } from './tokens/tokens.controller.js';

/** The admin API, /api/v1. */
@Module({
  imports: [ScimModule],
  controllers: [
    CatalogController,
    IntegrationsController,
    PanicController,
    IntegrationEventsController,
    TokensController,
    ActivityController,
    OAuthClientsController,
    UsersController,
    GroupsController,
    OwnersController,
    FlowsController,
    FlowVersionsController,
    RequestsController,
    TimelineController,
    ExplainController,
    RequestableController,
    GrantsController,
    ApiKeysController,
    RoleAssignmentsController,
    LoginProvidersController,
    MeController,
    OpenApiController,
    DocsController,
  ],
  providers: [
    ApiCommands,
    Audit,
    IntegrationViews,
    OpenApi,
    OwnUsers,
    References,
    RequestReferences,
    SyncLists,
    UserNames,
  ],
  exports: [ApiCommands, OwnUsers],
})
export class ApiModule {}
