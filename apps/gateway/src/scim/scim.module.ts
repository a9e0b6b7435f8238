import { Module } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { BulkController } from './bulk.controller.js';
import { Bulk } from './bulk.service.js';
import { Creates } from './creates.service.js';
import { DiscoveryController } from './discovery.controller.js';
import { GroupResources } from './group-resources.service.js';
import { GroupsController } from './groups.controller.js';
import { RootController } from './root.controller.js';
import { RootSearch } from './root-search.service.js';
import { ScimCommands } from './scim-commands.service.js';
import { UserResources } from './user-resources.service.js';
import { UsersController } from './users.controller.js';
import { AdmissionControl } from '../limits/admission-control.limiter.js';

const admission = {
  provide: AdmissionControl,
  inject: [GATEWAY_CONFIG],
  useFactory: ({ maxWaitingCalls, maxWaitingBytes }: GatewayConfig) =>
    new AdmissionControl(maxWaitingCalls, maxWaitingBytes),
};

/** The SCIM API, /scim/v2. */
@Module({
  controllers: [UsersController, GroupsController, RootController, BulkController, DiscoveryController],
  providers: [admission, ScimCommands, Creates, UserResources, GroupResources, RootSearch, Bulk],
  exports: [AdmissionControl],
})
export class ScimModule {}
