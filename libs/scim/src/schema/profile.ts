import { type Dialect } from '../dialects.js';
import { type ResourceType, type Schema } from './attribute.js';
import { tolerates } from '../quirks.js';
import { GROUP, UNIQUE_NAMES_SCHEMA } from './group.js';
import { USER } from './user.js';

/** The SCIM settings of an integration: the dialect of its client and its schema extensions. */
export type ScimProfile = {
  dialect: Dialect;
  /** Custom schemas by the resource type that they extend. */
  extensions: { User: readonly Schema[]; Group: readonly Schema[] };
};

/** The profile of a new integration. */
export const DEFAULT_PROFILE: ScimProfile = { dialect: 'okta', extensions: { User: [], Group: [] } };

export type ResourceTypes = { User: ResourceType; Group: ResourceType };

const cache = new WeakMap<ScimProfile, ResourceTypes>();

/** @returns the resource types of an integration; built once for each profile object */
export function resourceTypes(profile: ScimProfile): ResourceTypes {
  const cached = cache.get(profile);
  if (cached) return cached;
  const { dialect, extensions } = profile;
  const types = {
    User: { ...USER, dialect, extensions: [...USER.extensions, ...extensions.User] },
    Group: {
      ...GROUP,
      ...(tolerates(dialect, 'groupNamesUnique') ? { schema: UNIQUE_NAMES_SCHEMA } : {}),
      dialect,
      extensions: [...GROUP.extensions, ...extensions.Group],
    },
  };
  cache.set(profile, types);
  return types;
}
