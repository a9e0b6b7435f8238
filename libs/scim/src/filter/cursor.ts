/** How long a cursor leads somewhere (RFC 9865 §4, cursorTimeout), in seconds since its page was answered. */
export const CURSOR_SECONDS = 3600;
