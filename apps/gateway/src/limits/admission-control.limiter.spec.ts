import { type Share, AdmissionControl } from './admission-control.limiter.js';

const half = (...keys: string[]): Share => ({ keys, divisor: 2 });

describe('AdmissionControl', () => {
  const limited = () => new AdmissionControl(4, 100);
  const never = () => new Promise<void>(() => undefined);
  const tooMany = { code: 'tooManyRequests' };

  it('limits one integration to half of the calls', async () => {
    const admission = limited();
    for (let i = 0; i < 2; i++) void admission.run(half('ours'), 1, never);
    await expect(admission.run(half('ours'), 1, never)).rejects.toMatchObject(tooMany);
    expect(await admission.run(half('theirs'), 1, () => Promise.resolve('done'))).toBe('done');
  });

  it('limits one integration to half of the bytes', async () => {
    const admission = limited();
    void admission.run(half('ours'), 50, never);
    await expect(admission.run(half('ours'), 1, never)).rejects.toMatchObject(tooMany);
    expect(await admission.run(half('theirs'), 50, () => Promise.resolve('done'))).toBe('done');
    await expect(admission.run(half('theirs'), 51, never)).rejects.toMatchObject(tooMany);
  });

  it('refuses calls beyond the total limit', async () => {
    const admission = limited();
    for (const id of ['a', 'b', 'c', 'd']) void admission.run(half(id), 1, never);
    await expect(admission.run(half('e'), 1, never)).rejects.toMatchObject(tooMany);
  });

  it('releases capacity when the work ends or fails', async () => {
    const admission = limited();
    for (let i = 0; i < 10; i++) {
      await admission.run(half('ours'), 50, () => Promise.resolve());
      await admission.run(half('ours'), 50, () => Promise.reject(new Error('away'))).catch(() => undefined);
    }
    expect(await admission.run(half('ours'), 50, () => Promise.resolve('done'))).toBe('done');
  });

  it('counts responses until they are sent, together with bodies', async () => {
    const admission = limited();
    const sent = admission.reserve(half('ours'), 30);
    expect([
      admission.hasCapacity(half('ours'), 20),
      admission.hasCapacity(half('ours'), 21),
      admission.hasCapacity(half('theirs'), 50),
    ]).toEqual([true, false, true]);
    await expect(admission.run(half('ours'), 21, never)).rejects.toMatchObject(tooMany);
    void admission.run(half('theirs'), 50, never);
    expect(admission.hasCapacity(half('ours'), 20)).toBe(true);
    expect(admission.hasCapacity(half('others'), 21)).toBe(false);
    sent!();
    expect([admission.hasCapacity(half('ours'), 50), admission.hasCapacity(half('ours'), 51)]).toEqual([true, false]);
  });

  it('reserves nothing beyond a share, so that no other caller is refused for it', () => {
    const admission = limited();
    expect(admission.reserve(half('ours'), 40)).toBeDefined();
    expect(admission.reserve(half('ours'), 90)).toBeUndefined();
    expect(admission.hasCapacity(half('theirs'), 50)).toBe(true);
  });

  it('reserves beyond the limit only within a share', () => {
    const admission = limited();
    for (const key of ['ours', 'theirs']) admission.reserve(half(key), 45);
    expect(admission.reserve(half('others'), 20)).toBeUndefined();
    const release = admission.reserveInShare(half('others'), 20);
    expect(release).toBeDefined();
    expect(admission.reserve(half('ours'), 1)).toBeUndefined();
    release!();
    expect(admission.reserve(half('ours'), 1)).toBeDefined();
  });

  it('allows a smaller share under the same key', async () => {
    const admission = limited();
    const quarter: Share = { keys: ['ours'], divisor: 4 };
    void admission.run(quarter, 25, never);
    await expect(admission.run(quarter, 0, never)).rejects.toMatchObject(tooMany);
    expect([
      admission.hasCapacity(quarter, 1),
      admission.hasCapacity(half('ours'), 25),
      admission.hasCapacity(half('ours'), 26),
    ]).toEqual([false, true, false]);
  });

  it('counts a call with several keys under the first with capacity', async () => {
    const admission = limited();
    void admission.run(half('ours', 'theirs'), 40, never);
    void admission.run(half('ours', 'theirs'), 30, never);
    expect([admission.hasCapacity(half('ours'), 11), admission.hasCapacity(half('theirs'), 21)]).toEqual([
      false,
      false,
    ]);
    expect([admission.hasCapacity(half('ours'), 10), admission.hasCapacity(half('theirs'), 20)]).toEqual([true, true]);
    expect(admission.hasCapacity(half('ours', 'theirs'), 21)).toBe(false);
  });

  it('accepts a call without a body when the limit of bytes is exhausted', async () => {
    const admission = limited();
    for (const key of ['ours', 'theirs']) admission.reserve(half(key), 50);
    expect(await admission.run(half('ours'), 0, () => Promise.resolve('done'))).toBe('done');
  });

  it('allows one call when the limit is one', async () => {
    expect(await new AdmissionControl(1, 100).run(half('ours'), 0, () => Promise.resolve('done'))).toBe('done');
  });
});
