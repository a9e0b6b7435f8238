/**
 * How the client of an integration speaks SCIM: `okta` and `entra` accept the deviations of those two from the RFCs,
 * `strict` accepts none.
 */
export const DIALECTS = ['okta', 'entra', 'strict'] as const;
export type Dialect = (typeof DIALECTS)[number];
