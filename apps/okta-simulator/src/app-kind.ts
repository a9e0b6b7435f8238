/**
 * How an app came to be, which decides how it writes. `oin`: from Okta's catalog; PATCH for activation and groups,
 * GET and PUT for profiles. `aiw`: made in Okta's wizard; GET and PUT for everything.
 */
export type AppKind = 'oin' | 'aiw';
