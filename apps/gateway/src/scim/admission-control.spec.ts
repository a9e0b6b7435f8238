import { type Share, AdmissionControl } from './admission-control.js';

const half = (...holders: string[]): Share => ({ holders, part: 2 });

describe('AdmissionControl', () => {
  const room = () => new AdmissionControl(4, 100);
  const forEver = () => new Promise<void>(() => undefined);
  const tooMany = { code: 'tooManyRequests' };

  it('gives one integration half of the places, and the other half to others', async () => {
    const waiting = room();
    for (let i = 0; i < 2; i++) void waiting.stay(half('ours'), 1, forEver);
    await expect(waiting.stay(half('ours'), 1, forEver)).rejects.toMatchObject(tooMany);
    expect(await waiting.stay(half('theirs'), 1, () => Promise.resolve('in'))).toBe('in');
  });

  it('gives one integration half of the bytes, and the other half to others', async () => {
    const waiting = room();
    void waiting.stay(half('ours'), 50, forEver);
    await expect(waiting.stay(half('ours'), 1, forEver)).rejects.toMatchObject(tooMany);
    expect(await waiting.stay(half('theirs'), 50, () => Promise.resolve('in'))).toBe('in');
    await expect(waiting.stay(half('theirs'), 51, forEver)).rejects.toMatchObject(tooMany);
  });

  it('is full when all of them together fill it', async () => {
    const waiting = room();
    for (const id of ['a', 'b', 'c', 'd']) void waiting.stay(half(id), 1, forEver);
    await expect(waiting.stay(half('e'), 1, forEver)).rejects.toMatchObject(tooMany);
  });

  it('gives the place back when the work ends or fails', async () => {
    const waiting = room();
    for (let i = 0; i < 10; i++) {
      await waiting.stay(half('ours'), 50, () => Promise.resolve());
      await waiting.stay(half('ours'), 50, () => Promise.reject(new Error('away'))).catch(() => undefined);
    }
    expect(await waiting.stay(half('ours'), 50, () => Promise.resolve('in'))).toBe('in');
  });

  it('counts answers until they are sent, beside the bodies that wait', async () => {
    const waiting = room();
    const sent = waiting.hold(half('ours'), 30);
    expect([
      waiting.hasRoom(half('ours'), 20),
      waiting.hasRoom(half('ours'), 21),
      waiting.hasRoom(half('theirs'), 50),
    ]).toEqual([true, false, true]);
    await expect(waiting.stay(half('ours'), 21, forEver)).rejects.toMatchObject(tooMany);
    void waiting.stay(half('theirs'), 50, forEver);
    expect(waiting.hasRoom(half('ours'), 20)).toBe(true);
    expect(waiting.hasRoom(half('others'), 21)).toBe(false);
    sent!();
    expect([waiting.hasRoom(half('ours'), 50), waiting.hasRoom(half('ours'), 51)]).toEqual([true, false]);
  });

  it('counts nothing beyond a share, so that no other caller is refused for it', () => {
    const waiting = room();
    expect(waiting.hold(half('ours'), 40)).toBeDefined();
    expect(waiting.hold(half('ours'), 90)).toBeUndefined();
    expect(waiting.hasRoom(half('theirs'), 50)).toBe(true);
  });

  it('gives a smaller part to some who are counted under the same name', async () => {
    const waiting = room();
    const quarter: Share = { holders: ['ours'], part: 4 };
    void waiting.stay(quarter, 25, forEver);
    await expect(waiting.stay(quarter, 0, forEver)).rejects.toMatchObject(tooMany);
    expect([waiting.hasRoom(quarter, 1), waiting.hasRoom(half('ours'), 25), waiting.hasRoom(half('ours'), 26)]).toEqual(
      [false, true, false],
    );
  });

  it('counts who has several names under the first that has room', async () => {
    const waiting = room();
    void waiting.stay(half('ours', 'theirs'), 40, forEver);
    void waiting.stay(half('ours', 'theirs'), 30, forEver);
    expect([waiting.hasRoom(half('ours'), 11), waiting.hasRoom(half('theirs'), 21)]).toEqual([false, false]);
    expect([waiting.hasRoom(half('ours'), 10), waiting.hasRoom(half('theirs'), 20)]).toEqual([true, true]);
    expect(waiting.hasRoom(half('ours', 'theirs'), 21)).toBe(false);
  });

  it('lets a call without a body in when there is no room for bytes', async () => {
    const waiting = room();
    for (const name of ['ours', 'theirs']) waiting.hold(half(name), 50);
    expect(await waiting.stay(half('ours'), 0, () => Promise.resolve('in'))).toBe('in');
  });

  it('has one place for each when there is one in all', async () => {
    expect(await new AdmissionControl(1, 100).stay(half('ours'), 0, () => Promise.resolve('in'))).toBe('in');
  });
});
