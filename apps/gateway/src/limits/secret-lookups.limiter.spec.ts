import { SecretLookups } from './secret-lookups.limiter.js';

const VALID = {};

describe('SecretLookups', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const opened = () => new SecretLookups({ poolSize: 100 });

  /** Lookups that complete when the test resolves them. */
  const slow = () => {
    const answers: ((credential: object | undefined) => void)[] = [];
    return { answers, lookUp: () => new Promise<object | undefined>((resolve) => answers.push(resolve)) };
  };
  const crowd = (lookups: SecretLookups, size: number, lookUp: () => Promise<object | undefined>) =>
    Array.from({ length: size }, (_, i) => lookups.find(`unknown ${i}`, lookUp));
  const settled = () => jest.advanceTimersByTimeAsync(0);

  it('looks up eight unknown secrets at a time', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    const asking = crowd(lookups, 20, lookUp);
    expect(answers).toHaveLength(8);
    for (let i = 0; i < 20; i++) {
      answers[i]!(undefined);
      await settled();
    }
    expect(await Promise.all(asking)).toEqual(Array<undefined>(20).fill(undefined));
  });

  it('uses at most half of a small pool', () => {
    const { answers, lookUp } = slow();
    void crowd(new SecretLookups({ poolSize: 4 }), 20, lookUp);
    expect(answers).toHaveLength(2);
  });

  it('a valid secret does not wait for unknown ones', async () => {
    const [lookups, { lookUp }] = [opened(), slow()];
    expect(await lookups.find('alice', () => Promise.resolve(VALID))).toBe(VALID);
    void crowd(lookups, 20_000, lookUp);
    let asked = 0;
    for (let i = 0; i < 3; i++)
      expect(await lookups.find('alice', () => Promise.resolve(++asked > 0 ? VALID : undefined))).toBe(VALID);
    expect(asked).toBe(1);
  });

  it('accepts a new valid secret among unknown ones', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    void crowd(lookups, 8, lookUp);
    const first = lookups.find('alice', () => Promise.resolve(VALID));
    answers[0]!(undefined);
    expect(await first).toBe(VALID);
  });

  it('does not look up a failed secret again within a second', async () => {
    const lookups = opened();
    let asked = 0;
    for (let i = 0; i < 3; i++) {
      expect(await lookups.find('erin', () => Promise.resolve(++asked < 0 ? VALID : undefined))).toBe(undefined);
      expect(await lookups.find('alice', () => Promise.resolve(VALID))).toBe(VALID);
    }
    expect(asked).toBe(1);
  });

  it('queues a secret that is no longer valid', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    expect(await lookups.find('erin', () => Promise.resolve(VALID))).toBe(VALID);
    expect(await lookups.find('erin', () => Promise.resolve(undefined))).toBe(undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    void crowd(lookups, 8, lookUp);
    void lookups.find('erin', lookUp);
    expect(answers).toHaveLength(8);
  });

  it('a timeout in the queue is not cached as a failure', async () => {
    const [lookups, { lookUp }] = [opened(), slow()];
    void crowd(lookups, 8, lookUp);
    const waiting = expect(lookups.find('alice', lookUp)).rejects.toMatchObject({ code: 'deadline' });
    await jest.advanceTimersByTimeAsync(5_000);
    await waiting;
  });

  it('does not cache failed lookups', async () => {
    const lookups = opened();
    await expect(lookups.find('alice', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await lookups.find('alice', () => Promise.resolve(VALID))).toBe(VALID);
  });
});
