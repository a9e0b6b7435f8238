import { adviceFor } from './advice.rule.js';
import { clientWords } from './client-words.js';

const OKTA = clientWords('okta-scim');
const NAMED = [400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 501];

describe('the advice about a response', () => {
  it.each<[number, RegExp]>([
    [400, /attribute mapping in Okta.*retry the task in Okta\.$/],
    [401, /^Enter a valid token in Okta/],
    [403, /Changes in Okta do not help\.$/],
    [404, /In Okta, unassign and reassign the user/],
    [405, /base URL in Okta/],
    [409, /rename or remove it, then retry the task in Okta\.$/],
    [412, /retry the task in Okta\.$/],
    [413, /smaller groups/],
    [415, /application\/scim\+json/],
    [429, /^Okta retries automatically\./],
    [501, /does not support this feature/],
    [418, /^Read the error, then retry the task in Okta\.$/],
    [500, /error in Tidegate.*request id, then retry/],
    [502, /error in Tidegate/],
    [503, /error in Tidegate/],
  ])('%i', (status, sentence) => {
    expect(adviceFor(status, OKTA)).toMatch(sentence);
  });

  it('differs for each status', () => {
    expect(new Set(NAMED.map((status) => adviceFor(status, OKTA))).size).toBe(NAMED.length);
  });

  it.each(['okta-scim', 'entra-scim', 'generic-scim'])('is a full sentence for %s', (type) => {
    for (const status of [...NAMED, 418, 500]) expect(adviceFor(status, clientWords(type))).toMatch(/^[A-Z].*\.$/);
  });

  it('names the client', () => {
    expect(adviceFor(401, clientWords('entra-scim'))).toContain('Entra ID');
    expect(adviceFor(401, clientWords('generic-scim'))).toContain('the client');
  });
});
