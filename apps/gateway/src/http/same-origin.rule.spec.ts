import { isSameOrigin } from './same-origin.rule.js';

const OURS = 'https://tidegate.example.com';

describe('a request with a session cookie', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['GET', {}, true],
    ['HEAD', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, true],
    ['POST', {}, false],
    ['POST', { origin: OURS }, true],
    ['POST', { 'sec-fetch-site': 'same-origin' }, true],
    ['POST', { origin: OURS, 'sec-fetch-site': 'same-origin' }, true],
    ['POST', { origin: OURS, 'sec-fetch-site': 'cross-site' }, false],
    ['POST', { origin: OURS, 'sec-fetch-site': 'same-site' }, false],
    ['POST', { origin: OURS, 'sec-fetch-site': 'none' }, false],
    ['POST', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, false],
    ['POST', { origin: 'null' }, false],
    ['POST', { origin: '' }, false],
    ['POST', { origin: 'http://tidegate.example.com' }, false],
    ['POST', { origin: `${OURS}:8443` }, false],
    ['POST', { origin: `${OURS}.evil.example` }, false],
    ['PUT', {}, false],
    ['PATCH', {}, false],
    ['DELETE', {}, false],
    ['OPTIONS', {}, false],
    ['get', {}, false], // methods are case-sensitive (RFC 9110 §9.1)
  ])('%s with %j is from the same origin: %s', (method, headers, expected) => {
    expect(isSameOrigin(method, headers, OURS)).toBe(expected);
  });
});
