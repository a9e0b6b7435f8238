import { type Attribute, attribute, complex, findAttribute, type ResourceType } from './attribute.js';

/** The common attributes of all resources (RFC 7643 §3, §3.1). Only `externalId` is writable. */
export const COMMON: readonly Attribute[] = [
  attribute('schemas', 'The URNs of the schemas that the resource uses.', {
    type: 'reference',
    referenceTypes: ['uri'],
    multiValued: true,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
  }),
  attribute('id', 'The identifier assigned by this service.', {
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  attribute('externalId', 'The identifier assigned by the provisioning client.', { caseExact: true }),
  complex(
    'meta',
    'Metadata of the resource.',
    [
      attribute('resourceType', 'The name of the resource type.', { caseExact: true, mutability: 'readOnly' }),
      attribute('created', 'When the resource was created.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When the resource last changed.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'The URI of the resource.', {
        type: 'reference',
        referenceTypes: ['uri'],
        caseExact: true,
        mutability: 'readOnly',
      }),
      attribute('version', 'The version of the resource.', { caseExact: true, mutability: 'readOnly' }),
    ],
    { mutability: 'readOnly' },
  ),
];

/** @returns the top-level attribute by name, from the core schema or the common attributes; undefined when unknown */
export function coreAttribute({ schema }: ResourceType, name: string): Attribute | undefined {
  return findAttribute(schema.attributes, name) ?? findAttribute(COMMON, name);
}
