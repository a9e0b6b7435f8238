import { type Ending, requireConfirmation } from './confirmation.rule.js';

const grants = (count: number): Ending => ({ count, verb: 'revoke', noun: 'live grant' });
const requests = (count: number): Ending => ({ count, verb: 'cancel', noun: 'pending request' });
const sessions = (count: number): Ending => ({ count, verb: 'end', noun: 'session' });
const check = (ends: Ending[], confirm?: unknown) => () =>
  requireConfirmation({ title: 'name of the access flow', name: 'On-call', place: 'query parameter', ends }, confirm);

it('a change that ends nothing needs no confirmation', () => {
  expect(check([])).not.toThrow();
  expect(check([grants(0), requests(0)])).not.toThrow();
  expect(check([grants(0)], 'other')).not.toThrow();
});

it.each<[Ending[], string]>([
  [[grants(1)], 'This would revoke 1 live grant.'],
  [[grants(0), requests(2)], 'This would cancel 2 pending requests.'],
  [[grants(3), requests(1)], 'This would revoke 3 live grants and cancel 1 pending request.'],
  [
    [grants(3), requests(1), sessions(2)],
    'This would revoke 3 live grants, cancel 1 pending request and end 2 sessions.',
  ],
])('%j needs the name', (ends, sentence) => {
  const detail = `${sentence} To confirm it, repeat the call with the name of the access flow in the query parameter confirm.`;
  for (const confirm of [undefined, null, 7, '', 'on-call', 'On-call '])
    expect(check(ends, confirm)).toThrow(expect.objectContaining({ code: 'conflict', detail }));
  expect(check(ends, 'On-call')).not.toThrow();
});
