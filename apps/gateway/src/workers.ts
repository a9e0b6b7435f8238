import { type INestApplicationContext } from '@nestjs/common';
import { type PeriodicWorker } from '@tidegate/database';
import { MissedCallsWorker } from './activity/missed-calls.worker.js';
import { ProvisioningLog } from './activity/provisioning-log.service.js';
import { Retention } from './activity/retention.worker.js';
import { ApiKeyExpiry } from './auth/api-key-expiry.worker.js';
import { DeactivationSweep } from './auth/deactivations.worker.js';
import { TokenExpiry } from './credentials/token-expiry.worker.js';
import { LifecycleWorker } from './integrations/lifecycle.worker.js';
import { UndecidableRequests } from './integrations/undecidable.worker.js';
import { IntegrationWatch } from './integrations/watch.service.js';
import { ExpiredStates } from './oauth/states.worker.js';

const OWNERS = [
  Retention,
  ApiKeyExpiry,
  DeactivationSweep,
  TokenExpiry,
  LifecycleWorker,
  UndecidableRequests,
  MissedCallsWorker,
  IntegrationWatch,
  ExpiredStates,
];

/** @returns everything that this process does at an interval. Several gateways can do it at the same time. */
export function workersOf(app: INestApplicationContext): Pick<PeriodicWorker, 'start' | 'stop'>[] {
  return [app.get(ProvisioningLog), ...OWNERS.map((owner) => app.get<{ worker: PeriodicWorker }>(owner).worker)];
}
