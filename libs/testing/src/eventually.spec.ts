import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns the result of the check as soon as it passes', async () => {
    let tries = 0;
    const check = () => {
      if (++tries < 3) throw new Error(`try ${tries}`);
      return tries;
    };
    expect(await eventually(check, { intervalMs: 1 })).toBe(3);
    expect(tries).toBe(3);
  });

  it('rethrows the last error after the timeout', async () => {
    let tries = 0;
    const check = () => Promise.reject(new Error(`try ${++tries}`));
    await expect(eventually(check, { timeoutMs: 20, intervalMs: 1 })).rejects.toMatchObject({
      message: expect.stringMatching(/^try \d+$/),
    });
    await expect(eventually(check, { timeoutMs: 0 })).rejects.toThrow(`try ${tries}`);
  });

  it('runs the check at least once', async () => {
    expect(await eventually(() => 'there', { timeoutMs: 0 })).toBe('there');
  });
});
