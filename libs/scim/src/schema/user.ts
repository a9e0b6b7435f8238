import {
  attribute,
  complex,
  DISPLAY,
  plural,
  primaryFlag,
  typeLabel,
  type ResourceType,
  type Schema,
} from './attribute.js';
import { ENTERPRISE_USER_SCHEMA } from './enterprise-user.js';

const EMAILS =
  "Email addresses for the user.  The value SHOULD be canonicalized by the service provider, e.g., 'bjensen@example.com' instead of 'bjensen@EXAMPLE.COM'. Canonical type values of 'work', 'home', and 'other'.";
const PREFERRED_ADDRESS = ', e.g., the preferred mailing address or primary email address';

const NAME = complex(
  'name',
  "The components of the user's real name. Providers MAY return just the full name as a single string in the formatted sub-attribute, or they MAY return just the individual component attributes using the other sub-attributes, or they MAY return both.  If both variants are returned, they SHOULD be describing the same name, with the formatted name indicating how the component attributes should be combined.",
  [
    attribute(
      'formatted',
      "The full name, including all middle names, titles, and suffixes as appropriate, formatted for display (e.g., 'Ms. Barbara J Jensen, III').",
    ),
    attribute(
      'familyName',
      "The family name of the User, or last name in most Western languages (e.g., 'Jensen' given the full name 'Ms. Barbara J Jensen, III').",
    ),
    attribute(
      'givenName',
      "The given name of the User, or first name in most Western languages (e.g., 'Barbara' given the full name 'Ms. Barbara J Jensen, III').",
    ),
    attribute(
      'middleName',
      "The middle name(s) of the User (e.g., 'Jane' given the full name 'Ms. Barbara J Jensen, III').",
    ),
    attribute(
      'honorificPrefix',
      "The honorific prefix(es) of the User, or title in most Western languages (e.g., 'Ms.' given the full name 'Ms. Barbara J Jensen, III').",
    ),
    attribute(
      'honorificSuffix',
      "The honorific suffix(es) of the User, or suffix in most Western languages (e.g., 'III' given the full name 'Ms. Barbara J Jensen, III').",
    ),
  ],
);

const ADDRESSES = complex(
  'addresses',
  "A physical mailing address for this User. Canonical type values of 'work', 'home', and 'other'.  This attribute is a complex type with the following sub-attributes.",
  [
    attribute(
      'formatted',
      'The full mailing address, formatted for display or use with a mailing label.  This attribute MAY contain newlines.',
    ),
    attribute(
      'streetAddress',
      'The full street address component, which may include house number, street name, P.O. box, and multi-line extended street address information.  This attribute MAY contain newlines.',
    ),
    attribute('locality', 'The city or locality component.'),
    attribute('region', 'The state or region component.'),
    attribute('postalCode', 'The zip code or postal code component.'),
    attribute('country', 'The country name component.'),
    attribute('type', typeLabel(", e.g., 'work' or 'home'"), { canonicalValues: ['work', 'home', 'other'] }),
    attribute('primary', primaryFlag(PREFERRED_ADDRESS), { type: 'boolean' }),
  ],
  { multiValued: true },
);

const GROUPS = complex(
  'groups',
  'A list of groups to which the user belongs, either through direct membership, through nested groups, or dynamically calculated.',
  [
    attribute('value', "The identifier of the User's group.", { caseExact: true, mutability: 'readOnly' }),
    attribute('$ref', "The URI of the corresponding 'Group' resource to which the user belongs.", {
      type: 'reference',
      referenceTypes: ['Group'],
      caseExact: true,
      mutability: 'readOnly',
    }),
    attribute('display', DISPLAY, { mutability: 'readOnly' }),
    attribute('type', typeLabel(", e.g., 'direct' or 'indirect'"), {
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
  description: 'User Account',
  attributes: [
    attribute(
      'userName',
      "Unique identifier for the User, typically used by the user to directly authenticate to the service provider. Each User MUST include a non-empty userName value.  This identifier MUST be unique across the service provider's entire set of Users. REQUIRED.",
      {
        required: true,
        uniqueness: 'server',
      },
    ),
    NAME,
    attribute(
      'displayName',
      'The name of the User, suitable for display to end-users.  The name SHOULD be the full name of the User being described, if known.',
    ),
    attribute(
      'nickName',
      "The casual way to address the user in real life, e.g., 'Bob' or 'Bobby' instead of 'Robert'.  This attribute SHOULD NOT be used to represent a User's username (e.g., 'bjensen' or 'mpepperidge').",
    ),
    attribute('profileUrl', "A fully qualified URL pointing to a page representing the User's online profile.", {
      type: 'reference',
      referenceTypes: ['external'],
    }),
    attribute('title', `The user's title, such as "Vice President."`),
    attribute(
      'userType',
      "Used to identify the relationship between the organization and the user.  Typical values used might be 'Contractor', 'Employee', 'Intern', 'Temp', 'External', and 'Unknown', but any value may be used.",
    ),
    attribute(
      'preferredLanguage',
      "Indicates the User's preferred written or spoken language.  Generally used for selecting a localized user interface; e.g., 'en_US' specifies the language English and country US.",
    ),
    attribute(
      'locale',
      "Used to indicate the User's default location for purposes of localizing items such as currency, date time format, or numerical representations.",
    ),
    attribute(
      'timezone',
      "The User's time zone in the 'Olson' time zone database format, e.g., 'America/Los_Angeles'.",
    ),
    attribute('active', "A Boolean value indicating the User's administrative status.", {
      type: 'boolean',
    }),
    attribute(
      'password',
      "The User's cleartext password.  This attribute is intended to be used as a means to specify an initial password when creating a new User or to reset an existing User's password.",
      {
        caseExact: true,
        mutability: 'writeOnly',
        returned: 'never',
      },
    ),
    plural('emails', EMAILS, { value: EMAILS, types: ", e.g., 'work' or 'home'", primary: PREFERRED_ADDRESS }, {}, [
      'work',
      'home',
      'other',
    ]),
    plural(
      'phoneNumbers',
      "Phone numbers for the User.  The value SHOULD be canonicalized by the service provider according to the format specified in RFC 3966, e.g., 'tel:+1-201-555-0123'. Canonical type values of 'work', 'home', 'mobile', 'fax', 'pager', and 'other'.",
      {
        value: 'Phone number of the User.',
        types: ", e.g., 'work', 'home', 'mobile'",
        primary: ', e.g., the preferred phone number or primary phone number',
      },
      {},
      ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
    ),
    plural(
      'ims',
      'Instant messaging addresses for the User.',
      {
        value: 'Instant messaging address for the User.',
        types: ", e.g., 'aim', 'gtalk', 'xmpp'",
        primary: ', e.g., the preferred messenger or primary messenger',
      },
      {},
      ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo'],
    ),
    plural(
      'photos',
      'URLs of photos of the User.',
      {
        value: 'URL of a photo of the User.',
        types: ", i.e., 'photo' or 'thumbnail'",
        primary: ', e.g., the preferred photo or thumbnail',
      },
      { type: 'reference', referenceTypes: ['external'], caseExact: true },
      ['photo', 'thumbnail'],
    ),
    ADDRESSES,
    GROUPS,
    plural('entitlements', 'A list of entitlements for the User that represent a thing the User has.', {
      value: 'The value of an entitlement.',
    }),
    plural(
      'roles',
      "A list of roles for the User that collectively represent who the User is, e.g., 'Student', 'Faculty'.",
      { value: 'The value of a role.' },
    ),
    plural(
      'x509Certificates',
      'A list of certificates issued to the User.',
      { value: 'The value of an X.509 certificate.' },
      { type: 'binary', caseExact: true },
    ),
  ],
};

/** The User resource type with the default dialect. */
export const USER: ResourceType = {
  name: 'User',
  dialect: 'okta',
  endpoint: '/Users',
  description: 'User Account',
  schema: USER_SCHEMA,
  extensions: [ENTERPRISE_USER_SCHEMA],
};
