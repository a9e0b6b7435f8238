import { acceptTrace, newTrace, traceIdOf } from './trace-context.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const FORM = /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/;

describe('trace context', () => {
  it('a new trace has the format of W3C Trace Context and new ids', () => {
    expect(newTrace().traceparent).toMatch(FORM);
    expect(traceIdOf(newTrace())).not.toBe(traceIdOf(newTrace()));
  });

  it('a valid trace is passed on unchanged', () => {
    const state = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,tenant@vendor=a b';
    expect(acceptTrace(PARENT, state)).toEqual({ traceparent: PARENT, tracestate: state });
    expect(traceIdOf(acceptTrace(PARENT))).toBe(TRACE_ID);
  });

  it('a later version is passed on as version 00 with its ids and sampled flag', () => {
    expect(acceptTrace(`cc-${TRACE_ID}-00f067aa0ba902b7-0b-later`).traceparent).toBe(PARENT);
  });

  it.each([
    undefined,
    7,
    '',
    [PARENT],
    PARENT.toUpperCase(),
    `${PARENT}\n`,
    ` ${PARENT}`,
    `${PARENT}-more`,
    `${PARENT}, ${PARENT}`,
    PARENT.replace('00-', 'ff-'),
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `00-${TRACE_ID.slice(1)}-00f067aa0ba902b7-01`,
    `01-${TRACE_ID}-00f067aa0ba902b7-01-${'x'.repeat(20_000)}`,
  ])('%j is replaced by a new trace, without its state', (traceparent) => {
    const trace = acceptTrace(traceparent, 'rojo=1');
    expect(trace.traceparent).toMatch(FORM);
    expect(trace.tracestate).toBeUndefined();
  });

  it.each([7, '', 'rojo', 'Rojo=1', 'rojo=', 'rojo=1\n2', 'rojo=ä', 'a=1,a=2', `a=${'x'.repeat(257)}`])(
    'the invalid state %j is dropped, and the trace is kept',
    (tracestate) => {
      expect(acceptTrace(PARENT, tracestate)).toEqual({ traceparent: PARENT });
    },
  );

  it('a state with more than 32 members is dropped', () => {
    const members = (count: number) => Array.from({ length: count }, (_, i) => `k${i}=1`).join(',');
    expect(acceptTrace(PARENT, members(32)).tracestate).toBe(members(32));
    expect(acceptTrace(PARENT, members(33)).tracestate).toBeUndefined();
  });

  it('a state is shortened to 512 characters: long members are removed first, then members at the end', () => {
    const short = Array.from({ length: 6 }, (_, i) => `s${i}=${'x'.repeat(97)}`);
    const long = `long=${'y'.repeat(200)}`;
    expect(acceptTrace(PARENT, [long, ...short].join(',')).tracestate).toBe(short.slice(0, 5).join(','));
    expect(acceptTrace(PARENT, `${long},${short.slice(0, 2).join(',')}`).tracestate).toContain('long=');
  });
});
