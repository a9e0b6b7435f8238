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

/** The attribute of the enterprise user extension that names the manager of a user. */
export const MANAGER_VALUE = `${ENTERPRISE}:manager.value` as const;
/** The attribute of the enterprise user extension with the employee number of a user. */
export const EMPLOYEE_NUMBER = `${ENTERPRISE}:employeeNumber` as const;

/**
 * The attributes of a user that `manager.value` of other users can contain. RFC 7643 §4.3 requires the id; Okta sends what
 * its attribute mapping says. `userName` and `email` are compared without regard to case.
 */
export const MANAGER_ATTRIBUTES = ['id', 'externalId', 'userName', 'email', 'employeeNumber'] as const;
export type ManagerAttribute = (typeof MANAGER_ATTRIBUTES)[number];
