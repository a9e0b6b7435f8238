import { attribute, complex, plural, type ResourceType, type Schema } from './attribute.js';
import { ENTERPRISE_USER_SCHEMA } from './enterprise-user.js';

const NAME = complex('name', "The components of the user's name.", [
  attribute('formatted', 'The full name, for display.'),
  attribute('familyName', 'The family name or last name.'),
  attribute('givenName', 'The given name or first name.'),
  attribute('middleName', 'The middle name.'),
  attribute('honorificPrefix', 'The title, such as "Ms.".'),
  attribute('honorificSuffix', 'The suffix, such as "III".'),
]);

const ADDRESSES = complex(
  'addresses',
  'Physical mailing addresses.',
  [
    attribute('formatted', 'The full address, for display.'),
    attribute('streetAddress', 'Street, house number, box.'),
    attribute('locality', 'City or locality.'),
    attribute('region', 'State or region.'),
    attribute('postalCode', 'Zip or postal code.'),
    attribute('country', 'Country, ISO 3166-1 alpha-2.'),
    attribute('type', 'The kind of address.', { canonicalValues: ['work', 'home', 'other'] }),
    attribute('primary', 'True for the preferred address. At most one address is primary.', { type: 'boolean' }),
  ],
  { multiValued: true },
);

const GROUPS = complex(
  'groups',
  'The groups of the user. Read-only; change membership through the Group resource.',
  [
    attribute('value', "The group's id.", { caseExact: true, mutability: 'readOnly' }),
    attribute('$ref', "The group's URI.", {
      type: 'reference',
      referenceTypes: ['Group'],
      caseExact: true,
      mutability: 'readOnly',
    }),
    attribute('display', "The group's name.", { mutability: 'readOnly' }),
    attribute('type', 'Whether the membership is direct or through a nested group.', {
      canonicalValues: ['direct', 'indirect'],
      mutability: 'readOnly',
    }),
  ],
  { multiValued: true, mutability: 'readOnly' },
);

/** The User schema (RFC 7643 §4.1, §8.7.1). */
export const USER_SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User account',
  attributes: [
    attribute('userName', 'The unique name of the user at the identity provider.', {
      required: true,
      uniqueness: 'server',
    }),
    NAME,
    attribute('displayName', 'The display name.'),
    attribute('nickName', 'The casual name.'),
    attribute('profileUrl', "The URL of the user's profile page.", { type: 'reference', referenceTypes: ['external'] }),
    attribute('title', 'The job title, such as "Vice President".'),
    attribute('userType', 'The relationship to the organization, such as "Contractor".'),
    attribute('preferredLanguage', 'The preferred language, as in Accept-Language.'),
    attribute('locale', 'The locale for dates, numbers and currency.'),
    attribute('timezone', 'The time zone, as in the IANA database.'),
    attribute('active', 'Whether the user is active. Deactivating a user ends all of their grants.', {
      type: 'boolean',
    }),
    attribute('password', 'Accepted and discarded. This service has no password login.', {
      caseExact: true,
      mutability: 'writeOnly',
      returned: 'never',
    }),
    plural('emails', 'E-mail addresses.', {}, ['work', 'home', 'other']),
    plural('phoneNumbers', 'Phone numbers.', {}, ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
    plural('ims', 'Instant messaging addresses.', {}, ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo']),
    plural('photos', 'URLs of photos.', { type: 'reference', referenceTypes: ['external'], caseExact: true }, [
      'photo',
      'thumbnail',
    ]),
    ADDRESSES,
    GROUPS,
    plural('entitlements', 'Entitlements of the user.'),
    plural('roles', 'Roles of the user.'),
    plural('x509Certificates', 'Certificates, DER in base64.', { type: 'binary', caseExact: true }),
  ],
};

/** The User resource type with the default dialect. */
export const USER: ResourceType = {
  name: 'User',
  dialect: 'okta',
  endpoint: '/Users',
  description: 'User account',
  schema: USER_SCHEMA,
  extensions: [ENTERPRISE_USER_SCHEMA],
};
