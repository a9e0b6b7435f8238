import { Module } from '@nestjs/common';
import { AccessFlowsController } from './access-flows.controller.js';
import { AccessRequestsController } from './access-requests.controller.js';
import { ApiCommands } from './api-commands.service.js';
import { DirectoryController } from './directory.controller.js';
import { GrantsController } from './grants.controller.js';
import { IntegrationsController } from './integrations.controller.js';
import { OpenApi, OpenApiController } from './openapi.controller.js';
import { TokensController } from './tokens.controller.js';

/** /api/v1: the administration. */
@Module({
  controllers: [
    IntegrationsController,
    TokensController,
    DirectoryController,
    AccessFlowsController,
    AccessRequestsController,
    GrantsController,
    OpenApiController,
  ],
  providers: [ApiCommands, OpenApi],
})
export class ApiModule {}
