import { MAX_INTEGRATIONS, StringsField } from '../dto/fields.js';
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

export const REFERENCE_COMMANDS = {
  /** The users that are not deleted, the synced groups and the flows with these names, in the integrations of the command. */
  'references.resolve': fromGateway.validated(ResolveReferences).returns<ReferenceMatches>(),
};
