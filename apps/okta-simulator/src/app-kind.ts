/**
 * Origin of an app, which determines its requests. `oin`: from Okta's catalog; PATCH for activation and groups, GET and
 * PUT for profiles. `aiw`: created in Okta's App Integration Wizard; GET and PUT for everything.
 */
export type AppKind = 'oin' | 'aiw';
