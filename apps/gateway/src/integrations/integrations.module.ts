import { Global, Module } from '@nestjs/common';
import { CallCounts } from './call-counts.service.js';
import { IntegrationNames } from './integration-names.service.js';
import { Integrations } from './integrations.service.js';
import { LifecycleWorker } from './lifecycle.worker.js';
import { UndecidableRequests } from './undecidable.worker.js';
import { IntegrationWatch } from './watch.service.js';

const SERVICES = [Integrations, IntegrationNames, IntegrationWatch, CallCounts];

/** Integrations and their status. */
@Global()
@Module({ providers: [...SERVICES, LifecycleWorker, UndecidableRequests], exports: SERVICES })
export class IntegrationsModule {}
