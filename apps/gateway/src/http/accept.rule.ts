const PAGE = 'text/html';
const DATA = /^application\/(.+\+)?json$/;
const MAX = 4096;

/**
 * Browsers name `text/html` when they open a page. Programs name JSON or, like curl, any type.
 * @param accept the header Accept (RFC 9110 §12.5.1)
 * @returns whether it names `text/html`, and prefers no JSON
 */
export function prefersPage(accept: string | undefined): boolean {
  if (accept === undefined || accept.length > MAX) return false;
  const [page, data] = [highest(accept, (type) => type === PAGE), highest(accept, (type) => DATA.test(type))];
  return page > 0 && page >= data;
}

/** @returns the highest weight of the media types that match, 0 without any */
function highest(accept: string, matches: (type: string) => boolean): number {
  const weights = accept
    .toLowerCase()
    .split(',')
    .filter((range) => matches(range.split(';')[0]!.trim()))
    .map((range) => Number(/;\s*q=([01](?:\.\d{0,3})?)\s*(?:;|$)/.exec(range)?.[1] ?? 1));
  return Math.max(0, ...weights);
}
