import { eventually } from '@tidegate/testing';
import { Loop } from './loop.js';

const NEVER = 2 ** 30;

describe('A loop', () => {
  it('runs a step at once, and again after a wake-up', async () => {
    let steps = 0;
    const loop = new Loop(async () => (steps++, NEVER), fail);
    loop.start();
    await eventually(() => expect(steps).toBe(1));
    loop.wake();
    await eventually(() => expect(steps).toBe(2));
    await loop.stop();
  });

  it('pauses before the first step if it is started with a pause, until a wake-up', async () => {
    let steps = 0;
    const loop = new Loop(async () => (steps++, NEVER), fail);
    loop.start(NEVER);
    await Promise.resolve();
    expect(steps).toBe(0);
    loop.wake();
    await eventually(() => expect(steps).toBe(1));
    await loop.stop();
  });

  it('does not miss a wake-up during a step', async () => {
    let steps = 0;
    const loop: Loop = new Loop(async () => {
      if (++steps === 1) loop.wake();
      return NEVER;
    }, fail);
    loop.start();
    await eventually(() => expect(steps).toBe(2));
    await loop.stop();
  });

  it('continues after a step that failed', async () => {
    let steps = 0;
    const faults: unknown[] = [];
    const loop = new Loop(
      async () => {
        if (++steps === 1) throw new Error('failed');
        return NEVER;
      },
      (fault) => faults.push(fault),
    );
    loop.start();
    await eventually(() => expect(steps).toBe(2));
    expect(faults).toEqual([new Error('failed')]);
    await loop.stop();
  });

  it('finishes the current step when it stops, and starts no other', async () => {
    let finish: () => void = fail;
    let steps = 0;
    const loop = new Loop(() => (steps++, new Promise((resolve) => (finish = () => resolve(0)))), fail);
    loop.start();
    const stopped = loop.stop();
    finish();
    await stopped;
    expect(steps).toBe(1);
  });
});

function fail(): never {
  throw new Error('not expected');
}
