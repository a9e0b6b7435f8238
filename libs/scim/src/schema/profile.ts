import { type Dialect } from '../dialects.js';
import { type ResourceType, type Schema } from './attribute.js';
import { GROUP } from './group.js';
import { USER } from './user.js';

/** What an integration's resources look like: the dialect of its client, and the extensions that it defined. */
export type ScimProfile = {
  dialect: Dialect;
  /** Schemas beyond those of RFC 7643, by the resource type that they extend. */
  extensions: { User: readonly Schema[]; Group: readonly Schema[] };
};

/** The profile of an integration that nobody changed. */
export const DEFAULT_PROFILE: ScimProfile = { dialect: 'okta', extensions: { User: [], Group: [] } };

export type ResourceTypes = { User: ResourceType; Group: ResourceType };

const known = new WeakMap<ScimProfile, ResourceTypes>();

/** The resource types as an integration has them. Built once for each profile object. */
export function resourceTypes(profile: ScimProfile): ResourceTypes {
  const before = known.get(profile);
  if (before) return before;
  const { dialect, extensions } = profile;
  const types = {
    User: { ...USER, dialect, extensions: [...USER.extensions, ...extensions.User] },
    Group: { ...GROUP, dialect, extensions: [...GROUP.extensions, ...extensions.Group] },
  };
  known.set(profile, types);
  return types;
}
