import { attribute, complex, type Schema } from './attribute.js';

/** The enterprise extension of User (RFC 7643 §4.3, §8.7.1). */
export const ENTERPRISE_USER_SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise user',
  attributes: [
    attribute('employeeNumber', 'The identifier assigned by the organization.'),
    attribute('costCenter', 'The name of the cost center.'),
    attribute('organization', 'The name of the organization.'),
    attribute('division', 'The name of the division.'),
    attribute('department', 'The name of the department.'),
    complex('manager', "The user's manager.", [
      attribute('value', "The id of the manager's User resource.", { caseExact: true }),
      attribute('$ref', "The URI of the manager's User resource.", {
        type: 'reference',
        referenceTypes: ['User'],
        caseExact: true,
      }),
      attribute('displayName', "The manager's display name.", { mutability: 'readOnly' }),
    ]),
  ],
};
