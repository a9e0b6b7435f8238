import { type Share, AdmissionControl } from './admission-control.js';

const half = (...holders: string[]): Share => ({ holders, part: 2 });

describe('AdmissionControl', () => {
  const limited = () => new AdmissionControl(4, 100);
  const forEver = () => new Promise<void>(() => undefined);
  const tooMany = { code: 'tooManyRequests' };

  it('limits one integration to half of the calls', async () => {
    const waiting = limited();
    for (let i = 0; i < 2; i++) void waiting.stay(half('ours'), 1, forEver);
    await expect(waiting.stay(half('ours'), 1, forEver)).rejects.toMatchObject(tooMany);
    expect(await waiting.stay(half('theirs'), 1, () => Promise.resolve('in'))).toBe('in');
  });

  it('limits one integration to half of the bytes', async () => {
    const waiting = limited();
    void waiting.stay(half('ours'), 50, forEver);
    await expect(waiting.stay(half('ours'), 1, forEver)).rejects.toMatchObject(tooMany);
    expect(await waiting.stay(half('theirs'), 50, () => Promise.resolve('in'))).toBe('in');
    await expect(waiting.stay(half('theirs'), 51, forEver)).rejects.toMatchObject(tooMany);
  });

  it('refuses calls beyond the total limit', async () => {
    const waiting = limited();
    for (const id of ['a', 'b', 'c', 'd']) void waiting.stay(half(id), 1, forEver);
    await expect(waiting.stay(half('e'), 1, forEver)).rejects.toMatchObject(tooMany);
  });

  it('releases capacity when the work ends or fails', async () => {
    const waiting = limited();
    for (let i = 0; i < 10; i++) {
      await waiting.stay(half('ours'), 50, () => Promise.resolve());
      await waiting.stay(half('ours'), 50, () => Promise.reject(new Error('away'))).catch(() => undefined);
    }
    expect(await waiting.stay(half('ours'), 50, () => Promise.resolve('in'))).toBe('in');
  });

  it('counts responses until they are sent, together with bodies', async () => {
    const waiting = limited();
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
    sent();
    expect([waiting.hasRoom(half('ours'), 50), waiting.hasRoom(half('ours'), 51)]).toEqual([true, false]);
  });

  it('counts reserved bytes beyond the limit', () => {
    const waiting = limited();
    const sent = [waiting.hold(half('ours'), 90), waiting.hold(half('ours'), 90)];
    expect(waiting.hasRoom(half('theirs'), 1)).toBe(false);
    sent.forEach((give) => give());
    expect(waiting.hasRoom(half('theirs'), 50)).toBe(true);
  });

  it('allows a smaller share under the same key', async () => {
    const waiting = limited();
    const quarter: Share = { holders: ['ours'], part: 4 };
    void waiting.stay(quarter, 25, forEver);
    await expect(waiting.stay(quarter, 0, forEver)).rejects.toMatchObject(tooMany);
    expect([waiting.hasRoom(quarter, 1), waiting.hasRoom(half('ours'), 25), waiting.hasRoom(half('ours'), 26)]).toEqual(
      [false, true, false],
    );
  });

  it('counts a call with several keys under the first with capacity', async () => {
    const waiting = limited();
    void waiting.stay(half('ours', 'theirs'), 40, forEver);
    void waiting.stay(half('ours', 'theirs'), 30, forEver);
    expect([waiting.hasRoom(half('ours'), 11), waiting.hasRoom(half('theirs'), 21)]).toEqual([false, false]);
    expect([waiting.hasRoom(half('ours'), 10), waiting.hasRoom(half('theirs'), 20)]).toEqual([true, true]);
    expect(waiting.hasRoom(half('ours', 'theirs'), 21)).toBe(false);
  });

  it('accepts a call without a body when the limit of bytes is exhausted', async () => {
    const waiting = limited();
    waiting.hold(half('ours'), 100);
    expect(await waiting.stay(half('ours'), 0, () => Promise.resolve('in'))).toBe('in');
  });

  it('allows one call when the limit is one', async () => {
    expect(await new AdmissionControl(1, 100).stay(half('ours'), 0, () => Promise.resolve('in'))).toBe('in');
  });
});
