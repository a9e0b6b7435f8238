import { type MigrationInterface } from 'typeorm';
import { DirectoryTables1764000000000 } from './1764000000000-directory-tables.js';
import { AccessTables1764000000001 } from './1764000000001-access-tables.js';
import { DisabledIntegrations1764500000000 } from './1764500000000-disabled-integrations.js';
import { GroupsToSync1764600000000 } from './1764600000000-groups-to-sync.js';
import { Actors1764700000000 } from './1764700000000-actors.js';
import { Withdrawals1764800000000 } from './1764800000000-withdrawals.js';
import { MadeBy1764800000001 } from './1764800000001-made-by.js';
import { Deciders1764900000000 } from './1764900000000-deciders.js';
import { AccessFlowEvents1764900000001 } from './1764900000001-events.js';
import { AccessFlowSystemEvents1765000000000 } from './1765000000000-system-events.js';
import { Profiles1765100000000 } from './1765100000000-profiles.js';
import { Rebuilds1765100000001 } from './1765100000001-rebuilds.js';
import { AccessFlowOutboxByDueTime1765200000000 } from './1765200000000-outbox-by-due-time.js';
import { AccessFlowJobs1765300000000 } from './1765300000000-jobs.js';
import { GrantStatuses1765400000000 } from './1765400000000-grant-statuses.js';
import { GroupOwners1765710000000 } from './1765710000000-group-owners.js';
import { References1765600000000 } from './1765600000000-references.js';
import { Managers1765700000000 } from './1765700000000-managers.js';
import { ApprovalSteps1765800000000 } from './1765800000000-approval-steps.js';

/** Every migration of this schema, oldest first. */
export const MIGRATIONS: (new () => MigrationInterface)[] = [
  DirectoryTables1764000000000,
  AccessTables1764000000001,
  DisabledIntegrations1764500000000,
  GroupsToSync1764600000000,
  Actors1764700000000,
  Withdrawals1764800000000,
  MadeBy1764800000001,
  Deciders1764900000000,
  AccessFlowEvents1764900000001,
  AccessFlowSystemEvents1765000000000,
  Profiles1765100000000,
  Rebuilds1765100000001,
  AccessFlowOutboxByDueTime1765200000000,
  AccessFlowJobs1765300000000,
  GrantStatuses1765400000000,
  References1765600000000,
  Managers1765700000000,
  GroupOwners1765710000000,
  ApprovalSteps1765800000000,
];
