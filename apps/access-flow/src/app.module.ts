import { Database } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, type Metrics } from '@tidegate/observability';
import { type DynamicModule, Module } from '@nestjs/common';
import { Writes } from './common/writes.service.js';
import { DirectoryController } from './offboarding/directory.controller.js';
import { DirectoryService } from './offboarding/directory.service.js';
import { RebuildController } from './offboarding/rebuild.controller.js';
import { RebuildWorker } from './offboarding/rebuild.worker.js';
import { ManagersController } from './directory/managers.controller.js';
import { PanicController } from './panic/panic.controller.js';
import { PanicService } from './panic/panic.service.js';
import { MembershipsController } from './directory/memberships.controller.js';
import { OwnersController } from './owners/owners.controller.js';
import { OwnersService } from './owners/owners.service.js';
import { ExplainController } from './explain/explain.controller.js';
import { ExplainService } from './explain/explain.service.js';
import { FlowsController } from './flows/flows.controller.js';
import { FlowsService } from './flows/flows.service.js';
import { FlowVersionsController } from './flows/flow-versions.controller.js';
import { FlowVersionsService } from './flows/flow-versions.service.js';
import { GrantsController } from './grants/grants.controller.js';
import { RevocationsService } from './grants/revocations.service.js';
import { GrantsService } from './grants/grants.service.js';
import { Reconciler } from './offboarding/reconciler.worker.js';
import { ReferencesController } from './policy/references.controller.js';
import { RequestsController } from './requests/requests.controller.js';
import { RequestListsService } from './requests/request-lists.service.js';
import { RequestsService } from './requests/requests.service.js';
import { ReviewService } from './requests/review.service.js';
import { ExtensionsService } from './requests/extensions.service.js';
import { ReasonsService } from './requests/reasons.service.js';
import { TimelineController } from './requests/timeline.controller.js';
import { TimelineService } from './requests/timeline.service.js';
import { UndecidableLogger } from './requests/undecidable-log.service.js';
import { LOGGER, METRICS, SETTINGS, type Settings } from './common/tokens.js';

/** Dependencies of the module. */
export interface AccessFlowDependencies {
  database: Database;
  client: CommandClient;
  metrics: Metrics;
  logger: Logger;
  settings: Settings;
}

/** Access flows, requests, reviews and grants; jobs (`jobKinds`) put grants into effect and end them. */
@Module({})
export class AccessFlowModule {
  static forRoot({ database, client, metrics, logger, settings }: AccessFlowDependencies): DynamicModule {
    return {
      module: AccessFlowModule,
      controllers: [
        DirectoryController,
        RebuildController,
        MembershipsController,
        ManagersController,
        OwnersController,
        PanicController,
        FlowsController,
        FlowVersionsController,
        ReferencesController,
        RequestsController,
        TimelineController,
        ExplainController,
        GrantsController,
      ],
      providers: [
        { provide: Database, useValue: database },
        { provide: CommandClient, useValue: client },
        { provide: METRICS, useValue: metrics },
        { provide: LOGGER, useValue: logger },
        { provide: SETTINGS, useValue: settings },
        Writes,
        UndecidableLogger,
        DirectoryService,
        FlowsService,
        FlowVersionsService,
        RequestsService,
        RequestListsService,
        ReviewService,
        ReasonsService,
        TimelineService,
        ExplainService,
        ExtensionsService,
        GrantsService,
        OwnersService,
        PanicService,
        RevocationsService,
        Reconciler,
        RebuildWorker,
      ],
    };
  }
}
