import { type Server } from '@nestjs/microservices';
import { type Event } from '@tidegate/contracts';
import { currentTrace } from '@tidegate/observability';
import { handleEvent } from './handling.js';

const TRACE = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: undefined };
const EVENT = { id: '1', name: 'user.updated', requestId: 'request-1', ...TRACE } as Event;

describe('handleEvent', () => {
  const ignored: string[] = [];
  beforeEach(() => void ignored.splice(0));
  const handle = (
    service: 'gateway' | 'access-flow',
    event: Event | undefined,
    handlers = new Map<string, unknown>(),
  ) =>
    handleEvent({ getHandlers: () => handlers } as unknown as Server, event, {
      service,
      onError: () => undefined,
      onIgnored: (name) => void ignored.push(name),
    });

  it('acknowledges and counts an event with an unknown name', async () => {
    await expect(handle('access-flow', undefined)).resolves.toEqual({ outcome: 'done' });
    expect(ignored).toEqual(['unknown']);
  });

  it('acknowledges and counts an event to which the service does not subscribe', async () => {
    await expect(handle('gateway', EVENT)).resolves.toEqual({ outcome: 'done' });
    expect(ignored).toEqual(['user.updated']);
  });

  it('fails if the service subscribes to the event and has no handler', async () => {
    await expect(handle('access-flow', EVENT)).resolves.toMatchObject({ outcome: 'failed' });
    expect(ignored).toEqual([]);
  });

  it('runs the handler in the trace of the event', async () => {
    let trace;
    await handle('access-flow', EVENT, new Map([['user.updated', () => void (trace = currentTrace())]]));
    expect(trace).toEqual(TRACE);
  });
});
