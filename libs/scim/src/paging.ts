/**
 * How many resources a page of a list holds: when nobody says, and at most. Okta pages by 100
 * (https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20). Announced by discovery.
 */
export const PAGE_LIMITS = { defaultCount: 100, maxCount: 200 } as const;

/** How long a cursor leads somewhere (RFC 9865 §4, cursorTimeout), in seconds since its page was answered. */
export const CURSOR_SECONDS = 3600;
