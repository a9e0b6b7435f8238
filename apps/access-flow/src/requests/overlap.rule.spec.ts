import { type Overlap, refuseOverlap, refuseSecondGrant } from './overlap.rule.js';

const endsAt = new Date('2026-01-01T12:00:00Z');
const grant: Overlap = { kind: 'grant', id: 'grant', endsAt };
const request: Overlap = { kind: 'request', id: 'request', endsAt };

it.each([
  ['a request beside a live grant', refuseOverlap(grant), grant, /until 2026-01-01T12:00:00.000Z. Extend that grant/],
  ['a request beside a pending request', refuseOverlap(request), request, /Wait for its decision, or cancel it/],
  ['an approval beside a live grant', refuseSecondGrant(grant), grant, /until 2026-01-01T12:00:00.000Z. Deny/],
])('the refusal of %s is a conflict that contains what overlaps, and says what to do', (_, refusal, overlap, text) => {
  expect(refusal).toMatchObject({ code: 'conflict', existing: { ...overlap, endsAt: endsAt.toISOString() } });
  expect(refusal.detail).toMatch(text);
});
