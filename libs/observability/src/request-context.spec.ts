import { setImmediate } from 'node:timers/promises';
import { acceptRequestId, currentRequestId, newRequestId, withRequestId } from './request-context.js';

describe('request context', () => {
  it('propagates through asynchronous calls and isolates concurrent requests', async () => {
    const serve = (id: string) =>
      withRequestId(id, async () => {
        await setImmediate();
        return currentRequestId();
      });

    expect(await Promise.all([serve('one'), serve('two')])).toEqual(['one', 'two']);
    expect(currentRequestId()).toBeUndefined();
  });

  it('creates ids that are UUIDv7', () => {
    expect(newRequestId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it.each(['okta-req.1', 'A_b-9', 'x'.repeat(64)])('accepts the id %s of a caller', (id) => {
    expect(acceptRequestId(id)).toBe(id);
  });

  it.each([undefined, '', 'x'.repeat(65), 'a b', 'id\n', '{"msg":"forged"}', ['a'], 7])(
    'gives a new id instead of %j',
    (header) => {
      expect(acceptRequestId(header)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});
