import { Global, Module } from '@nestjs/common';
import { Activity } from './activity.service.js';
import { Connection } from './connection.service.js';
import { ProvisioningLog } from './provisioning-log.service.js';
import { Retention } from './retention.worker.js';

const SERVICES = [ProvisioningLog, Activity, Connection];

/** Provisioning log and connection checks. */
@Global()
@Module({ providers: [...SERVICES, Retention], exports: SERVICES })
export class ActivityModule {}
