import { adviceFor } from './advice.rule.js';
import { clientWords } from './client-words.js';

const OKTA = clientWords('okta-scim');
const NAMED = [400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 501];

describe('the advice about an answer', () => {
  it.each<[number, RegExp]>([
    [400, /attribute mapping in Okta.*retry the task in Okta\.$/],
    [401, /^Enter a token in Okta/],
    [403, /^Nothing in Okta helps/],
    [404, /In Okta unassign and assign it again/],
    [405, /base URL in Okta/],
    [409, /rename or remove it, then retry the task in Okta\.$/],
    [412, /retry the task in Okta\.$/],
    [413, /smaller groups/],
    [415, /application\/scim\+json/],
    [429, /^Okta repeats it by itself;/],
    [501, /do without/],
    [418, /^Look at what it says, then retry the task in Okta\.$/],
    [500, /fault of Tidegate.*request id, then retry/],
    [502, /fault of Tidegate/],
    [503, /fault of Tidegate/],
  ])('%i', (status, sentence) => {
    expect(adviceFor(status, OKTA)).toMatch(sentence);
  });

  it('is another one for each status that has one', () => {
    expect(new Set(NAMED.map((status) => adviceFor(status, OKTA))).size).toBe(NAMED.length);
  });

  it.each(['okta-scim', 'entra-scim', 'generic-scim'])('ends as a sentence for %s', (type) => {
    for (const status of [...NAMED, 418, 500]) expect(adviceFor(status, clientWords(type))).toMatch(/^[A-Z].*\.$/);
  });

  it('names the other side as it is called', () => {
    expect(adviceFor(401, clientWords('entra-scim'))).toContain('Entra ID');
    expect(adviceFor(401, clientWords('generic-scim'))).toContain('the client');
  });
});
