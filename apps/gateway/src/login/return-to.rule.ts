/** The default target. */
const HOME = '/';
/** A local path: one slash, then no character that a browser drops or reads as a slash or a new line. */
const PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
const MAX = 4096;

/**
 * Prevents open redirects after a login.
 * @returns the path if it is on this origin; `/` for anything that a browser could read as another origin (`//elsewhere`,
 *   `/\elsewhere`, `https:…`, with tabs or line breaks in between)
 */
export function safeReturnTo(given: unknown): string {
  if (typeof given !== 'string' || given.length > MAX || !PATH.test(given)) return HOME;
  const here = 'https://tidegate.invalid';
  if (!URL.canParse(given, here)) return HOME;
  // Resolving can produce `//elsewhere`, for example from `/..//elsewhere`.
  const url = new URL(given, here);
  if (url.origin !== here || url.pathname.startsWith('//')) return HOME;
  return url.pathname + url.search + url.hash;
}
