import { setImmediate } from 'node:timers/promises';
import {
  acceptRequestId,
  currentRequestId,
  currentTrace,
  newRequestId,
  withRequestId,
  withTrace,
} from './request-context.js';

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

  it('propagates the trace, and starts one for a request without a trace', () => {
    const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' };
    expect(withTrace(trace, () => withRequestId('one', currentTrace))).toBe(trace);
    expect(withRequestId('one', currentTrace, trace)).toBe(trace);
    expect(withRequestId('one', currentTrace)?.traceparent).toMatch(/^00-/);
    expect(currentTrace()).toBeUndefined();
  });

  it('creates ids that are UUIDv7', () => {
    expect(newRequestId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it.each(['okta-req.1', 'A_b-9', 'x'.repeat(64)])('accepts the id %s of a caller', (id) => {
    expect(acceptRequestId(id)).toBe(id);
  });

  it.each([undefined, '', 'x'.repeat(65), 'a b', 'id\n', '{"msg":"forged"}', ['a'], 7])(
    'creates a new id instead of %j',
    (header) => {
      expect(acceptRequestId(header)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});
