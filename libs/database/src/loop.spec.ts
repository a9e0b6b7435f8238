import { eventually } from '@tidegate/testing';
import { Loop } from './loop.js';

const NEVER = 2 ** 30;

describe('A loop', () => {
  it('looks at once, and again when it is woken', async () => {
    let looks = 0;
    const loop = new Loop(async () => (looks++, NEVER), fail);
    loop.start();
    await eventually(() => expect(looks).toBe(1));
    loop.wake();
    await eventually(() => expect(looks).toBe(2));
    await loop.stop();
  });

  it('rests before the first look where it is started so, unless it is woken', async () => {
    let looks = 0;
    const loop = new Loop(async () => (looks++, NEVER), fail);
    loop.start(NEVER);
    await Promise.resolve();
    expect(looks).toBe(0);
    loop.wake();
    await eventually(() => expect(looks).toBe(1));
    await loop.stop();
  });

  it('does not miss a wake-up during a look', async () => {
    let looks = 0;
    const loop: Loop = new Loop(async () => {
      if (++looks === 1) loop.wake();
      return NEVER;
    }, fail);
    loop.start();
    await eventually(() => expect(looks).toBe(2));
    await loop.stop();
  });

  it('goes on after a fault', async () => {
    let looks = 0;
    const faults: unknown[] = [];
    const loop = new Loop(
      async () => {
        if (++looks === 1) throw new Error('away');
        return NEVER;
      },
      (fault) => faults.push(fault),
    );
    loop.start();
    await eventually(() => expect(looks).toBe(2));
    expect(faults).toEqual([new Error('away')]);
    await loop.stop();
  });

  it('finishes the look in hand when it stops, and begins no other', async () => {
    let finish: () => void = fail;
    let looks = 0;
    const loop = new Loop(() => (looks++, new Promise((resolve) => (finish = () => resolve(0)))), fail);
    loop.start();
    const stopped = loop.stop();
    finish();
    await stopped;
    expect(looks).toBe(1);
  });
});

function fail(): never {
  throw new Error('not expected');
}
