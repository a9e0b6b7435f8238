/** The schema extension of RFC 7643 section 4.3. */
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * The attributes of a user that access rules may use, by their canonical SCIM names, in the order in which they are taken
 * until `PROFILE_LIMITS.bytes` is reached. `emails.value` is of the primary e-mail address, or of the first;
 * `addresses.country` of the primary address, or of the first. Extension attributes that an administrator marked follow.
 */
export const PROFILE_ATTRIBUTES = [
  'userName',
  'emails.value',
  'userType',
  'title',
  `${ENTERPRISE}:department`,
  `${ENTERPRISE}:division`,
  `${ENTERPRISE}:organization`,
  `${ENTERPRISE}:costCenter`,
  `${ENTERPRISE}:employeeNumber`,
  `${ENTERPRISE}:manager.value`,
  `${ENTERPRISE}:manager.displayName`,
  'displayName',
  'name.formatted',
  'name.familyName',
  'name.givenName',
  'name.middleName',
  'addresses.country',
  'locale',
  'timezone',
  'preferredLanguage',
] as const;

/** Longer values are left out, as are the attributes that would make a profile larger. */
export const PROFILE_LIMITS = {
  /** Characters of one value. */
  valueLength: 256,
  /** Bytes of all attributes of a user as JSON. */
  bytes: 8_192,
} as const;
