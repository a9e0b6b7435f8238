import { SecretLookups } from './secret-lookups.js';

const SOMEONE = {};

describe('SecretLookups', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const opened = () => new SecretLookups({ poolSize: 100 });

  /** A database that does not answer until it is told to. */
  const slow = () => {
    const answers: ((good: object | undefined) => void)[] = [];
    return { answers, lookUp: () => new Promise<object | undefined>((resolve) => answers.push(resolve)) };
  };
  const crowd = (lookups: SecretLookups, size: number, lookUp: () => Promise<object | undefined>) =>
    Array.from({ length: size }, (_, i) => lookups.find(`stranger ${i}`, lookUp));
  const settled = () => jest.advanceTimersByTimeAsync(0);

  it('looks eight strangers up at once, the others in turn', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    const asking = crowd(lookups, 20, lookUp);
    expect(answers).toHaveLength(8);
    for (let i = 0; i < 20; i++) {
      answers[i]!(undefined);
      await settled();
    }
    expect(await Promise.all(asking)).toEqual(Array<undefined>(20).fill(undefined));
  });

  it('takes half of a small pool', () => {
    const { answers, lookUp } = slow();
    void crowd(new SecretLookups({ poolSize: 4 }), 20, lookUp);
    expect(answers).toHaveLength(2);
  });

  it('does not let a good secret wait for strangers', async () => {
    const [lookups, { lookUp }] = [opened(), slow()];
    expect(await lookups.find('alice', () => Promise.resolve(SOMEONE))).toBe(SOMEONE);
    void crowd(lookups, 20_000, lookUp);
    let asked = 0;
    for (let i = 0; i < 3; i++)
      expect(await lookups.find('alice', () => Promise.resolve(++asked > 0 ? SOMEONE : undefined))).toBe(SOMEONE);
    expect(asked).toBe(1);
  });

  it('lets a right secret in that comes for the first time among strangers', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    void crowd(lookups, 8, lookUp);
    const first = lookups.find('alice', () => Promise.resolve(SOMEONE));
    answers[0]!(undefined);
    expect(await first).toBe(SOMEONE);
  });

  it('does not look a secret up again that just failed, whoever else fails or succeeds', async () => {
    const lookups = opened();
    let asked = 0;
    for (let i = 0; i < 3; i++) {
      expect(await lookups.find('erin', () => Promise.resolve(++asked < 0 ? SOMEONE : undefined))).toBe(undefined);
      expect(await lookups.find('alice', () => Promise.resolve(SOMEONE))).toBe(SOMEONE);
    }
    expect(asked).toBe(1);
  });

  it('makes a stranger again of a secret that is no longer good', async () => {
    const [lookups, { answers, lookUp }] = [opened(), slow()];
    expect(await lookups.find('erin', () => Promise.resolve(SOMEONE))).toBe(SOMEONE);
    expect(await lookups.find('erin', () => Promise.resolve(undefined))).toBe(undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    void crowd(lookups, 8, lookUp);
    void lookups.find('erin', lookUp);
    expect(answers).toHaveLength(8);
  });

  it('does not take a secret for wrong whose turn did not come: it may come again', async () => {
    const [lookups, { lookUp }] = [opened(), slow()];
    void crowd(lookups, 8, lookUp);
    const waiting = expect(lookups.find('alice', lookUp)).rejects.toMatchObject({ code: 'deadline' });
    await jest.advanceTimersByTimeAsync(5_000);
    await waiting;
  });

  it('remembers nothing of a lookup that failed', async () => {
    const lookups = opened();
    await expect(lookups.find('alice', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await lookups.find('alice', () => Promise.resolve(SOMEONE))).toBe(SOMEONE);
  });
});
