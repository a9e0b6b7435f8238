import { type CreateRequest } from '@tidegate/contracts';
import { isRepeat, requestHash } from './repeated.rule.js';

const data: CreateRequest = { flowId: 'flow', userId: 'alice', groupId: 'deploy', durationSeconds: 60 };
const later = '2026-01-01T12:00:00.000Z';

it.each<[string, Partial<CreateRequest>, boolean]>([
  ['the same data', {}, true],
  ['the same data with the key', { idempotencyKey: 'key' }, true],
  ['another flow', { flowId: 'other' }, false],
  ['another user', { userId: 'bob' }, false],
  ['another group', { groupId: 'billing' }, false],
  ['another duration', { durationSeconds: 61 }, false],
  ['a justification', { justification: 'hotfix' }, false],
  ['a start', { startsAt: later }, false],
  ['the start as justification', { justification: later }, false],
])('a request with %s is a repeat: %#', (_, change, repeat) => {
  const earlier = { idempotencyHash: requestHash(data) };
  expect(isRepeat(earlier, requestHash({ ...data, ...change }))).toBe(repeat);
});

it('a request without a stored hash is never repeated', () => {
  expect(isRepeat({ idempotencyHash: null }, requestHash(data))).toBe(false);
});
