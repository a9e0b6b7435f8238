import { type Actor } from '@tidegate/contracts';
import { actingRules, reviewerKeyOf } from './acting.rule.js';

const login = { issuer: 'https://acme.okta.com', subject: '00u1' };
const person = { kind: 'person', ...login } as const;

describe('The key of a reviewer', () => {
  it('is the id of a user, whatever the login', () => {
    expect(reviewerKeyOf({ userId: 'bob', ...login })).toBe('bob');
  });

  it('without a user is one key for each login, without the login itself', () => {
    const key = reviewerKeyOf(login);
    expect(reviewerKeyOf({ ...login })).toBe(key);
    expect(key).toMatch(/^login:/);
    expect(key).not.toContain(login.subject);
    // The parts of a login cannot be moved from one to the other.
    const others = [
      { ...login, subject: '00u2' },
      { ...login, issuer: 'https://other.okta.com' },
      { issuer: `${login.issuer}0`, subject: '0u1' },
    ];
    for (const other of others) expect(reviewerKeyOf(other)).not.toBe(key);
  });
});

it.each<[string, Actor | null, string]>([
  ['a user', { ...person, userId: 'bob' }, 'bob'],
  ['a person without a user', person, reviewerKeyOf(login)],
  ['an API key of a user', { kind: 'apiKey', keyId: 'k', name: 'x', maker: { ...login, userId: 'bob' } }, 'bob'],
  ['an API key without a creator', { kind: 'apiKey', keyId: 'k', name: 'x' }, 'alice'],
  ['a job', { kind: 'system', job: 'expiry' }, 'alice'],
  ['an unknown actor', null, 'alice'],
])('the maker of a request of alice by %s', (_, actor, key) => {
  const request = { userId: 'alice', requestedBy: actor, round: 0, reviews: [] };
  expect(actingRules(request, 0, { distinctApprovers: true }).madeBy).toBe(key);
});

describe('Who acted on a request', () => {
  const review = (round: number, step: number, reviewerKey: string) => ({ round, step, reviewerKey });
  const reviews = [review(0, 0, 'dan'), review(1, 0, 'bob'), review(1, 1, 'carol'), review(1, 2, 'erin')];
  const request = { userId: 'alice', requestedBy: null, round: 1, reviews };

  it.each([
    [0, ['bob'], []],
    [1, ['carol'], ['bob']],
    [2, ['erin'], ['bob', 'carol']],
    [3, [], ['bob', 'carol', 'erin']],
  ])('of step %i: those of the step are %j, of earlier steps %j; not those before a restart', (step, own, earlier) => {
    const rules = actingRules(request, step, { distinctApprovers: true });
    expect([[...rules.reviewedStep], [...rules.reviewedEarlier]]).toEqual([own, earlier]);
  });

  it('includes the requester and the maker, and self-approval only if the step allows it', () => {
    const requestedBy: Actor = { ...person, userId: 'dan' };
    expect(actingRules({ ...request, requestedBy }, 0, { distinctApprovers: false })).toMatchObject({
      requester: 'alice',
      madeBy: 'dan',
      allowSelf: false,
      distinctApprovers: false,
    });
    expect(actingRules(request, 0, { allowSelf: true, distinctApprovers: true })).toMatchObject({
      madeBy: 'alice',
      allowSelf: true,
    });
  });
});
