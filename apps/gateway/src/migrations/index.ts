import { GatewayInitial1763900000000 } from './1763900000000-initial.js';
import { GatewayProfile1764100000000 } from './1764100000000-profile.js';
import { GatewayDataKey1764200000000 } from './1764200000000-data-key.js';
import { GatewayPeople1764300000000 } from './1764300000000-people.js';
import { GatewayLifecycle1764500000000 } from './1764500000000-lifecycle.js';
import { GatewayTokenLife1764510000000 } from './1764510000000-token-life.js';
import { GatewayProvisioningLog1764511000000 } from './1764511000000-provisioning-log.js';
import { GatewayOAuth1764800000000 } from './1764800000000-oauth.js';
import { GatewayGroupsToSync1764900000000 } from './1764900000000-groups-to-sync.js';
import { Actors1765000000000 } from './1765000000000-actors.js';
import { GatewayPinnedRoles1765100000000 } from './1765100000000-pinned-roles.js';
import { GatewayApiKeyMakers1765200000000 } from './1765200000000-api-key-makers.js';
import { GatewayOAuthLimits1765200000001 } from './1765200000001-oauth-limits.js';
import { UndecidableRequests1765400000000 } from './1765400000000-undecidable-requests.js';
import { GatewayEvents1765500000000 } from './1765500000000-events.js';
import { GatewaySystemEvents1765600000000 } from './1765600000000-system-events.js';
import { ProfileAttributes1765700000000 } from './1765700000000-profile-attributes.js';
import { GatewayOutboxByDueTime1765800000000 } from './1765800000000-outbox-by-due-time.js';
import { MissedCalls1766200000000 } from './1766200000000-missed-calls.js';
import { ManagerAttribute1766300000000 } from './1766300000000-manager-attribute.js';

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
  Actors1765000000000,
  GatewayPinnedRoles1765100000000,
  GatewayApiKeyMakers1765200000000,
  GatewayOAuthLimits1765200000001,
  UndecidableRequests1765400000000,
  GatewayEvents1765500000000,
  GatewaySystemEvents1765600000000,
  ProfileAttributes1765700000000,
  GatewayOutboxByDueTime1765800000000,
  MissedCalls1766200000000,
  ManagerAttribute1766300000000,
];
