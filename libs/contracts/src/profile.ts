/** The enterprise user extension (RFC 7643 §4.3). */
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * Canonical SCIM names of the attributes of a user that access rules can use. They are added to a profile in this order
 * until `PROFILE_LIMITS.bytes` is reached, then the extension attributes that an administrator marked. `emails.value` and
 * `addresses.country` are those of the primary value, or else of the first.
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

/** A profile does not contain longer values, nor attributes that would exceed its size. */
export const PROFILE_LIMITS = {
  /** Characters per value. */
  valueLength: 256,
  /** Bytes of all attributes of a user as JSON. */
  bytes: 8_192,
} as const;
