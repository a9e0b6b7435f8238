import { GatewayDataKey1764200000000 } from './data-key.js';
import { GatewayOAuth1764800000000 } from './oauth.js';
import { GatewayGroupsToSync1764900000000 } from './groups-to-sync.js';
import { GatewayInitial1763900000000 } from './initial.js';
import { GatewayLifecycle1764500000000 } from './lifecycle.js';
import { GatewayPeople1764300000000 } from './people.js';
import { GatewayProfile1764100000000 } from './profile.js';
import { GatewayProvisioningLog1764511000000 } from './provisioning-log.js';
import { GatewayTokenLife1764510000000 } from './token-life.js';

/** The gateway's migrations, oldest first. */
export const MIGRATIONS = [
  GatewayInitial1763900000000,
  GatewayProfile1764100000000,
  GatewayDataKey1764200000000,
  GatewayPeople1764300000000,
  GatewayLifecycle1764500000000,
  GatewayTokenLife1764510000000,
  GatewayProvisioningLog1764511000000,
  GatewayOAuth1764800000000,
  GatewayGroupsToSync1764900000000,
];
