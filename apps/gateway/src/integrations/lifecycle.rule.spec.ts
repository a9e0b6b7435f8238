import { type Observed, outcomeOf, statusOf } from './lifecycle.rule.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const TALLY = { calls: 100, failures: 0, refusals: 0, refusedCredentials: 0 };
const WELL: Observed = {
  disabled: false,
  connectedAt: ago(1e6),
  lastSeenAt: ago(10),
  disconnectedAfterSeconds: 0,
  tally: TALLY,
  credentialExpiresAt: null,
  missedCalls: 0,
  undecidableRequests: 0,
  now: NOW,
};
const SILENT = { lastSeenAt: ago(7201), disconnectedAfterSeconds: 7200 };

describe('the status of an integration', () => {
  it.each<[string, Partial<Observed>, string, string]>([
    ['never called', { connectedAt: null, lastSeenAt: null }, 'initializing', 'waiting_for_first_call'],
    ['never called, and silent', { ...SILENT, connectedAt: null }, 'initializing', 'waiting_for_first_call'],
    ['called', {}, 'active', 'connected'],
    ['silent for exactly the limit', { ...SILENT, lastSeenAt: ago(7200) }, 'active', 'connected'],
    ['silent for longer than the limit', SILENT, 'disconnected', 'silent'],
    ['silent for a year without a limit', { lastSeenAt: ago(3e7) }, 'active', 'connected'],
    ['silent since the first call', { ...SILENT, lastSeenAt: null }, 'disconnected', 'silent'],
    ['disabled', { disabled: true }, 'disabled', 'disabled_by_administrator'],
    ['disabled, and silent', { ...SILENT, disabled: true }, 'disabled', 'disabled_by_administrator'],
    ['20% fail', { tally: { ...TALLY, failures: 20 } }, 'warning', 'calls_failing'],
    ['fewer than 20% fail', { tally: { ...TALLY, failures: 19 } }, 'active', 'connected'],
    ['fewer than five fail', { tally: { ...TALLY, calls: 4, failures: 4 } }, 'active', 'connected'],
    ['all five fail', { tally: { ...TALLY, calls: 5, failures: 5 } }, 'warning', 'calls_failing'],
    ['20% are refused', { tally: { ...TALLY, refusals: 20 } }, 'warning', 'calls_refused'],
    ['calls are missed', { missedCalls: 1 }, 'warning', 'calls_missed'],
    [
      'calls are missed, and a request is undecidable',
      { missedCalls: 1, undecidableRequests: 1 },
      'warning',
      'calls_missed',
    ],
    ['disabled with missed calls', { disabled: true, missedCalls: 1 }, 'disabled', 'disabled_by_administrator'],
    ['a request is undecidable', { undecidableRequests: 1 }, 'warning', 'requests_undecidable'],
    [
      'a request is undecidable, and calls fail',
      { undecidableRequests: 1, tally: { ...TALLY, failures: 20 } },
      'warning',
      'calls_failing',
    ],
    [
      'a request is undecidable, and calls are refused',
      { undecidableRequests: 1, tally: { ...TALLY, refusals: 20 } },
      'warning',
      'requests_undecidable',
    ],
    [
      'disabled with an undecidable request',
      { disabled: true, undecidableRequests: 1 },
      'disabled',
      'disabled_by_administrator',
    ],
    [
      'an ended token is used',
      { tally: { ...TALLY, calls: 0, refusedCredentials: 1 } },
      'warning',
      'credential_refused',
    ],
    ['the token expires in 30 days', { credentialExpiresAt: inDays(30) }, 'warning', 'credential_expiring'],
    ['the token expires later', { credentialExpiresAt: inDays(31) }, 'active', 'connected'],
    ['the token has expired', { credentialExpiresAt: NOW }, 'warning', 'credential_expired'],
    ['silent, with a warning', { ...SILENT, credentialExpiresAt: NOW }, 'disconnected', 'silent'],
  ])('%s', (_, change, status, code) => {
    expect(statusOf({ ...WELL, ...change })).toEqual({
      status,
      reason: { code, detail: expect.stringMatching(/\.$/) },
    });
  });

  it('changes the detail 30, 7 and 1 days before a token expires, and not between', () => {
    const detail = (days: number) => statusOf({ ...WELL, credentialExpiresAt: inDays(days) }).reason.detail;
    expect(detail(29)).toBe(detail(8));
    expect(detail(7)).toBe(detail(2));
    expect(new Set([detail(29), detail(7), detail(1)]).size).toBe(3);
  });

  it.each([
    [200, 'answered'],
    [404, 'answered'],
    [412, 'answered'],
    [501, 'answered'],
    [400, 'refused'],
    [409, 'refused'],
    [413, 'refused'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ])('%i counts as %s', (httpStatus, outcome) => {
    expect(outcomeOf(httpStatus)).toBe(outcome);
  });
});
