import { attribute, complex, type ResourceType, type Schema } from './attribute.js';

/** The Group schema (RFC 7643 §4.2, §8.7.1). This service requires `displayName` and the `value` of a member. */
export const GROUP_SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [
    attribute('displayName', 'The display name.', { required: true }),
    complex(
      'members',
      'The members of the group.',
      [
        attribute('value', "The member's id.", { required: true, caseExact: true, mutability: 'immutable' }),
        attribute('$ref', "The member's URI.", {
          type: 'reference',
          referenceTypes: ['User', 'Group'],
          caseExact: true,
          mutability: 'immutable',
        }),
        attribute('type', 'The type of member: "User" or "Group".', {
          canonicalValues: ['User', 'Group'],
          mutability: 'immutable',
        }),
        attribute('display', "The member's name.", { mutability: 'readOnly' }),
      ],
      { multiValued: true },
    ),
  ],
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
