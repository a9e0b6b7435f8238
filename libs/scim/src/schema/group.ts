import { attribute, complex, type ResourceType, type Schema } from './attribute.js';

/** The Group schema (RFC 7643 §4.2, §8.7.1). This service requires `displayName` and the `value` of a member. */
export const GROUP_SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [
    attribute('displayName', 'A human-readable name for the Group. REQUIRED.', { required: true }),
    complex(
      'members',
      'A list of members of the Group.',
      [
        attribute('value', 'Identifier of the member of this Group.', {
          required: true,
          caseExact: true,
          mutability: 'immutable',
        }),
        attribute('$ref', 'The URI corresponding to a SCIM resource that is a member of this Group.', {
          type: 'reference',
          referenceTypes: ['User', 'Group'],
          caseExact: true,
          mutability: 'immutable',
        }),
        attribute('type', "A label indicating the type of resource, e.g., 'User' or 'Group'.", {
          canonicalValues: ['User', 'Group'],
          mutability: 'immutable',
        }),
        attribute('display', 'A human-readable name for the group member, primarily used for display purposes.', {
          mutability: 'readOnly',
        }),
      ],
      { multiValued: true },
    ),
  ],
};

/** The Group schema where the names of groups are unique (the quirk `groupNamesUnique`). */
export const UNIQUE_NAMES_SCHEMA: Schema = {
  ...GROUP_SCHEMA,
  attributes: GROUP_SCHEMA.attributes.map((each) =>
    each.name === 'displayName' ? { ...each, uniqueness: 'server' } : each,
  ),
};

/** The Group resource type with the default dialect. */
export const GROUP: ResourceType = {
  name: 'Group',
  dialect: 'okta',
  endpoint: '/Groups',
  description: 'Group',
  schema: GROUP_SCHEMA,
  extensions: [],
};
