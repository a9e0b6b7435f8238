/** Where people go who say nothing. */
const HOME = '/';
/** A path of ours: one slash, then no character that a browser drops or reads as a slash or a new line. */
const PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
const MAX = 4096;

/**
 * Where to go after a login. Only a path of this very origin is taken: whatever a browser could read as another address
 * (`//elsewhere`, `/\elsewhere`, `https:…`, with tabs or line breaks in between) leads home instead.
 */
export function safeReturnTo(given: unknown): string {
  if (typeof given !== 'string' || given.length > MAX || !PATH.test(given)) return HOME;
  const here = 'https://tidegate.invalid';
  if (!URL.canParse(given, here)) return HOME;
  // Segments such as `/..//elsewhere` come together only when they are resolved.
  const url = new URL(given, here);
  if (url.origin !== here || url.pathname.startsWith('//')) return HOME;
  return url.pathname + url.search + url.hash;
}
