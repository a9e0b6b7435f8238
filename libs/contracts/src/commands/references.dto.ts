import { IdsField, MAX_INTEGRATIONS, StringsField } from '../dto/fields.js';
import { ListField } from '../dto/objects.js';
import { FLOW_LIMITS, NAME_LENGTH } from '../values.js';
import { fromGateway } from './command-rule.js';
import { Member } from './flows.dto.js';

/** The maximum number of names of one kind in a command. */
export const NAMES_AT_ONCE = 2 * FLOW_LIMITS.groups;

/** Names to find, compared without regard to case. */
export class ResolveReferences {
  @StringsField({ max: NAMES_AT_ONCE, length: NAME_LENGTH, optional: true })
  userNames?: string[];
  /** Display names. */
  @StringsField({ max: NAMES_AT_ONCE, length: NAME_LENGTH, optional: true })
  groupNames?: string[];
  @StringsField({ max: NAMES_AT_ONCE, length: NAME_LENGTH, optional: true })
  flowNames?: string[];
  /** In the integrations of these members, only themselves and the groups and flows that they can see. */
  @ListField(() => Member, { max: MAX_INTEGRATIONS, optional: true })
  visibleTo?: Member[];
}

/** A user, group or flow that has a name. */
export interface NameMatch {
  /** As in the command. */
  name: string;
  id: string;
  integrationId: string;
}

/** At most two matches for each name: a second one means that the name is ambiguous. */
export interface ReferenceMatches {
  users: NameMatch[];
  groups: NameMatch[];
  flows: NameMatch[];
}

/** The maximum number of users in a command that returns their names. */
export const USERS_AT_ONCE = 200;

export class NamesOfUsers {
  @IdsField({ max: USERS_AT_ONCE })
  userIds: string[];
}

/** A user with its names, also after it was deleted. */
export interface NamedUser {
  id: string;
  integrationId: string;
  userName: string;
  displayName: string | null;
}

export const REFERENCE_COMMANDS = {
  /** The users that are not deleted, the synced groups and the flows with these names, in the integrations of the command. */
  'references.resolve': fromGateway.validated(ResolveReferences).returns<ReferenceMatches>(),
  /** The names of the users with these ids, in the integrations of the command. Without unknown ones. */
  'references.names': fromGateway.validated(NamesOfUsers).returns<{ users: NamedUser[] }>(),
};
