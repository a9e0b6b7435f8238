/**
 * How the client of an integration speaks SCIM: `okta` and `entra` are taken with what those two say beyond the RFCs,
 * `strict` by the letter.
 */
export const DIALECTS = ['okta', 'entra', 'strict'] as const;
export type Dialect = (typeof DIALECTS)[number];
