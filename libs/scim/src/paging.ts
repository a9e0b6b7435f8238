/**
 * Resources on a page: by default, and at most. Okta requests pages of 100
 * (https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20). Published by discovery.
 */
export const PAGE_LIMITS = { defaultCount: 100, maxCount: 200 } as const;

/** Lifetime of a cursor in seconds from the response that contained it (RFC 9865 §4, cursorTimeout). */
export const CURSOR_SECONDS = 3600;
