import { AdmissionControl } from './admission-control.js';

describe('AdmissionControl', () => {
  const room = () => new AdmissionControl(4, 100);
  const forEver = () => new Promise<void>(() => undefined);
  const tooMany = { code: 'tooManyRequests' };

  it('gives one integration half of the places, and the other half to others', async () => {
    const waiting = room();
    for (let i = 0; i < 2; i++) void waiting.stay('ours', 1, forEver);
    await expect(waiting.stay('ours', 1, forEver)).rejects.toMatchObject(tooMany);
    expect(await waiting.stay('theirs', 1, () => Promise.resolve('in'))).toBe('in');
  });

  it('gives one integration half of the bytes, and the other half to others', async () => {
    const waiting = room();
    void waiting.stay('ours', 50, forEver);
    await expect(waiting.stay('ours', 1, forEver)).rejects.toMatchObject(tooMany);
    expect(await waiting.stay('theirs', 50, () => Promise.resolve('in'))).toBe('in');
    await expect(waiting.stay('theirs', 51, forEver)).rejects.toMatchObject(tooMany);
  });

  it('is full when all of them together fill it', async () => {
    const waiting = room();
    for (const id of ['a', 'b', 'c', 'd']) void waiting.stay(id, 1, forEver);
    await expect(waiting.stay('e', 1, forEver)).rejects.toMatchObject(tooMany);
  });

  it('gives the place back when the work ends or fails', async () => {
    const waiting = room();
    for (let i = 0; i < 10; i++) {
      await waiting.stay('ours', 50, () => Promise.resolve());
      await waiting.stay('ours', 50, () => Promise.reject(new Error('away'))).catch(() => undefined);
    }
    expect(await waiting.stay('ours', 50, () => Promise.resolve('in'))).toBe('in');
  });

  it('counts answers until they are sent, beside the bodies that wait', async () => {
    const waiting = room();
    const sent = waiting.hold('ours', 30);
    expect([waiting.hasRoom('ours', 20), waiting.hasRoom('ours', 21), waiting.hasRoom('theirs', 50)]).toEqual([
      true,
      false,
      true,
    ]);
    await expect(waiting.stay('ours', 21, forEver)).rejects.toMatchObject(tooMany);
    void waiting.stay('theirs', 50, forEver);
    expect(waiting.hasRoom('ours', 20)).toBe(true);
    expect(waiting.hasRoom('others', 21)).toBe(false);
    sent();
    expect([waiting.hasRoom('ours', 50), waiting.hasRoom('ours', 51)]).toEqual([true, false]);
  });

  it('counts what has to be answered even without room', () => {
    const waiting = room();
    const sent = [waiting.hold('ours', 90), waiting.hold('ours', 90)];
    expect(waiting.hasRoom('theirs', 1)).toBe(false);
    sent.forEach((give) => give());
    expect(waiting.hasRoom('theirs', 50)).toBe(true);
  });

  it('has one place for each when there is one in all', async () => {
    expect(await new AdmissionControl(1, 100).stay('ours', 0, () => Promise.resolve('in'))).toBe('in');
  });
});
