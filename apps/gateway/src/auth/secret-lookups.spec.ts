import { SecretLookups } from './secret-lookups.js';

describe('SecretLookups', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const opened = () => new SecretLookups({ poolSize: 100 });

  /** A database that does not answer until it is told to. */
  const slow = () => {
    const answers: ((good: boolean) => void)[] = [];
    return { answers, lookUp: () => new Promise<boolean>((resolve) => answers.push(resolve)) };
  };
  const crowd = (lookups: SecretLookups, size: number, lookUp: () => Promise<boolean>) =>
    Array.from({ length: size }, (_, i) => lookups.isGood(`stranger ${i}`, lookUp));
  const settled = () => jest.advanceTimersByTimeAsync(0);

  it('looks eight strangers up at once, the others in turn', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    const asking = crowd(lookups, 20, lookUp);
    expect(answers).toHaveLength(8);
    for (let i = 0; i < 20; i++) {
      answers[i]!(false);
      await settled();
    }
    expect(await Promise.all(asking)).toEqual(Array<boolean>(20).fill(false));
  });

  it('takes half of a small pool', () => {
    const { answers, lookUp } = slow();
    void crowd(new SecretLookups({ poolSize: 4 }), 20, lookUp);
    expect(answers).toHaveLength(2);
  });

  it('does not let a good secret wait for strangers', async () => {
    const [lookups, { lookUp }] = [opened(), slow()];
    expect(await lookups.isGood('alice', () => Promise.resolve(true))).toBe(true);
    void crowd(lookups, 20_000, lookUp);
    let asked = 0;
    for (let i = 0; i < 3; i++) expect(await lookups.isGood('alice', () => Promise.resolve(++asked > 0))).toBe(true);
    expect(asked).toBe(1);
  });

  it('lets a right secret in that comes for the first time among strangers', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    void crowd(lookups, 8, lookUp);
    const first = lookups.isGood('alice', () => Promise.resolve(true));
    answers[0]!(false);
    expect(await first).toBe(true);
  });

  it('does not look a secret up again that just failed, whoever else fails or succeeds', async () => {
    const lookups = opened();
    let asked = 0;
    for (let i = 0; i < 3; i++) {
      expect(await lookups.isGood('erin', () => Promise.resolve(++asked < 0))).toBe(false);
      expect(await lookups.isGood('alice', () => Promise.resolve(true))).toBe(true);
    }
    expect(asked).toBe(1);
  });

  it('makes a stranger again of a secret that is no longer good', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    expect(await lookups.isGood('erin', () => Promise.resolve(true))).toBe(true);
    expect(await lookups.isGood('erin', () => Promise.resolve(false))).toBe(false);
    await jest.advanceTimersByTimeAsync(1_000);
    void crowd(lookups, 8, lookUp);
    void lookups.isGood('erin', lookUp);
    expect(answers).toHaveLength(8);
  });

  it('does not take a secret for wrong whose turn did not come: it may come again', async () => {
    const [lookups, { lookUp }] = [opened(), slow()];
    void crowd(lookups, 8, lookUp);
    const waiting = expect(lookups.isGood('alice', lookUp)).rejects.toMatchObject({ code: 'deadline' });
    await jest.advanceTimersByTimeAsync(5_000);
    await waiting;
  });

  it('remembers nothing of a lookup that failed', async () => {
    const lookups = opened();
    await expect(lookups.isGood('alice', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await lookups.isGood('alice', () => Promise.resolve(true))).toBe(true);
  });
});
