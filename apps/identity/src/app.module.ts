import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { type Metrics } from '@tidegate/observability';
import { type Checks, OpsModule } from '@tidegate/runtime';
import { GroupStates } from './groups/group-states.service.js';
import { GroupsController } from './groups/groups.controller.js';
import { GroupsService } from './groups/groups.service.js';
import { IntegrationsController } from './integrations/integrations.controller.js';
import { IntegrationsService } from './integrations/integrations.service.js';
import { SyncListController } from './sync/sync-list.controller.js';
import { SyncLists } from './sync/sync-list.service.js';
import { ProfilePasses } from './users/profile-passes.service.js';
import { UsersController } from './users/users.controller.js';
import { UsersService } from './users/users.service.js';

export interface AppParts {
  database: Database;
  metrics: Metrics;
  checks: Checks;
}

/** The identity service, which stores users and groups. */
@Module({})
export class AppModule {
  static forRoot({ database, metrics, checks }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [OpsModule.forRoot({ metrics, checks })],
      controllers: [UsersController, GroupsController, SyncListController, IntegrationsController],
      providers: [
        { provide: Database, useValue: database },
        UsersService,
        GroupsService,
        IntegrationsService,
        SyncLists,
        ProfilePasses,
        GroupStates,
      ],
    };
  }
}
