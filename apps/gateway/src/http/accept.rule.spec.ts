import { prefersPage } from './accept.rule.js';

describe('a client prefers a page', () => {
  it.each<[string]>([
    ['text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
    ['TEXT/HTML; charset=utf-8'],
    ['application/json;q=0.5, text/html;q=0.9'],
    ['*/*, text/html;q=0.1'],
  ])('with %j', (accept) => {
    expect(prefersPage(accept)).toBe(true);
  });

  it.each<[string | undefined]>([
    [undefined],
    [''],
    ['*/*'],
    ['text/*'],
    ['application/json'],
    ['application/json, text/plain, */*'],
    ['application/json, text/html;q=0.9'],
    ['application/problem+json, text/html;q=0.9'],
    ['text/html;q=0'],
    ['text/html;q=0.000, */*'],
    ['text/html-sandboxed'],
    ['x/y;a="text/html"'],
    [`text/html,${'a/b,'.repeat(2_000)}`],
  ])('not with %.60j', (accept) => {
    expect(prefersPage(accept)).toBe(false);
  });
});
