import { Directory1795392000000 } from './1795392000000-directory.js';
import { NestedGroups1795478400000 } from './1795478400000-nested-groups.js';
import { Search1795485600000 } from './1795485600000-search.js';
import { ListBlocks1795489200000 } from './1795489200000-list-blocks.js';
import { GroupsToSync1795492800000 } from './1795492800000-groups-to-sync.js';
import { Actors1795496400000 } from './1795496400000-actors.js';
import { IdentityEvents1795500000000 } from './1795500000000-events.js';
import { IdentitySystemEvents1795504000000 } from './1795504000000-system-events.js';
import { Profiles1795508000000 } from './1795508000000-profiles.js';
import { IdentityOutboxByDueTime1795512000000 } from './1795512000000-outbox-by-due-time.js';
import { NamePrefixes1795812000000 } from './1795812000000-name-prefixes.js';

/** All migrations in order. Released migrations must not change. */
export const MIGRATIONS = [
  Directory1795392000000,
  NestedGroups1795478400000,
  Search1795485600000,
  ListBlocks1795489200000,
  GroupsToSync1795492800000,
  Actors1795496400000,
  IdentityEvents1795500000000,
  IdentitySystemEvents1795504000000,
  Profiles1795508000000,
  IdentityOutboxByDueTime1795512000000,
  NamePrefixes1795812000000,
];
