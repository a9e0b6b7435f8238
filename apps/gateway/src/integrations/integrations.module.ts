import { Global, Module } from '@nestjs/common';
import { CallCounts } from './call-counts.js';
import { Integrations } from './integrations.service.js';
import { LifecycleWorker } from './lifecycle.worker.js';
import { TokenExpiry } from '../credentials/token-expiry.worker.js';
import { UndecidableRequests } from './undecidable.worker.js';
import { Tokens } from '../credentials/tokens.service.js';
import { IntegrationWatch } from './watch.service.js';

const SERVICES = [Integrations, Tokens, IntegrationWatch, CallCounts];

/** Integrations, their tokens and their status. */
@Global()
@Module({ providers: [...SERVICES, LifecycleWorker, TokenExpiry, UndecidableRequests], exports: SERVICES })
export class IntegrationsModule {}
