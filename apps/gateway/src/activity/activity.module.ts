import { Global, Module } from '@nestjs/common';
import { Activity } from './activity.service.js';
import { Connection } from './connection.service.js';
import { MissedCalls } from './missed-calls.service.js';
import { MissedCallsWorker } from './missed-calls.worker.js';
import { ProvisioningLog } from './provisioning-log.service.js';
import { Retention } from './retention.worker.js';

const SERVICES = [ProvisioningLog, Activity, Connection, MissedCalls];

/** Provisioning log and connection checks. */
@Global()
@Module({ providers: [...SERVICES, MissedCallsWorker, Retention], exports: SERVICES })
export class ActivityModule {}
