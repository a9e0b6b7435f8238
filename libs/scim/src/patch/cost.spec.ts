import { applyPatch, parsePatch, type ScimAttributes, ScimError, USER } from '../index.js';

const repeat = <T>(times: number, make: (index: number) => T): T[] => Array.from({ length: times }, (_, i) => make(i));
const userOf = (count: number): ScimAttributes => ({
  userName: 'alice',
  emails: repeat(count, (i) => ({ value: `a${i}@acme.example`, type: `t${i}` })),
});

/** Applies operations, whether they are accepted or refused. @returns milliseconds of CPU, the least of several tries */
function cost(user: ScimAttributes, Operations: unknown[]): number {
  const operations = parsePatch({ Operations });
  const tries = repeat(5, () => {
    const before = process.cpuUsage();
    try {
      applyPatch(USER, user, operations);
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
    }
    const { user: spent, system } = process.cpuUsage(before);
    return (spent + system) / 1000;
  });
  return Math.min(...tries);
}

const add = (path: string, value: unknown) => ({ op: 'add', path, value });
const bare: ScimAttributes = { userName: 'alice' };

describe('ten times the operations cost about ten times as much', () => {
  test.each<[string, (count: number) => [ScimAttributes, unknown[]]]>([
    ['values created by a filter', (n) => [bare, repeat(n, (i) => add(`emails[type eq "t${i}"].value`, `a${i}@b`))]],
    ['values added one by one', (n) => [bare, repeat(n, (i) => add('emails', [{ value: `a${i}@b` }]))]],
    ['values without a key', (n) => [bare, repeat(n, (i) => add('addresses', [{ locality: `l${i}` }]))]],
    [
      'values selected by a filter',
      (n) => [userOf(n), repeat(n, (i) => add(`emails[type eq "t${i}"].display`, `d${i}`))],
    ],
    ['values renamed', (n) => [userOf(n), repeat(n, (i) => add(`emails[type eq "t${i}"].value`, `b${i}@b`))]],
    ['primary values', (n) => [userOf(n), repeat(n, (i) => add(`emails[type eq "t${i}"].primary`, true))]],
    ['values removed', (n) => [userOf(n), repeat(n, (i) => ({ op: 'remove', path: `emails[type eq "t${i}"]` }))]],
    [
      'values removed by their names',
      (n) => [
        userOf(n),
        repeat(n, (i) => ({ op: 'remove', path: 'emails', value: [{ value: `a${i}@acme.example` }] })),
      ],
    ],
    ['a sub-attribute of all values', (n) => [userOf(n), repeat(n, (i) => add('emails.display', `d${i}`))]],
    [
      'a filter that looks into all',
      (n) => [userOf(n), repeat(n, (i) => add('emails[value co "x"].display', `d${i}`))],
    ],
  ])('%s', (_name, make) => {
    cost(...make(100)); // warm up the JIT compiler
    const [few, many] = [cost(...make(100)), cost(...make(1000))];
    expect(many).toBeLessThan(Math.max(few, 1) * 25);
  });
});
