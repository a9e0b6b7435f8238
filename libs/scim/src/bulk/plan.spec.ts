import fc from 'fast-check';
import { DEFAULT_PROFILE, resourceTypes } from '../schema/profile.js';
import { parseBulk } from './message.js';
import { type BulkStep, planBulk } from './plan.js';

/** Groups by their bulkId; `a: 'bc'` has b and c as members. Entries without a bulkId in lower case are PATCHes. */
function plan(groups: [string, string][]): BulkStep[] {
  const Operations = groups.map(([bulkId, members]) => {
    const value = [...members].map((member) => ({ value: `bulkId:${member}` }));
    return bulkId === '-'
      ? { method: 'PATCH', path: '/Groups/1', data: { Operations: [{ op: 'add', path: 'members', value }] } }
      : { method: 'POST', path: '/Groups', bulkId, data: { displayName: bulkId, members: value } };
  });
  return planBulk(parseBulk({ Operations }, resourceTypes(DEFAULT_PROFILE), 'https://tide.example.com').operations);
}

/** `1` runs the second operation, `1-c` without c, `1+` completes it. */
const written = (steps: BulkStep[]): string =>
  steps.map((step) => (step.kind === 'complete' ? `${step.index}+` : [step.index, ...step.later].join('-'))).join(' ');

describe('planBulk', () => {
  it.each<[string, [string, string][], string]>([
    [
      'keeps the order of independent operations',
      [
        ['a', ''],
        ['-', ''],
        ['b', ''],
      ],
      '0 1 2',
    ],
    [
      'keeps a create that is before its references',
      [
        ['a', ''],
        ['b', 'a'],
        ['-', 'b'],
      ],
      '0 1 2',
    ],
    [
      'moves a create before its references (RFC 7644 §3.7.2)',
      [
        ['-', 'b'],
        ['a', ''],
        ['b', ''],
      ],
      '2 0 1',
    ],
    [
      'moves a chain of creates before their references',
      [
        ['a', 'b'],
        ['b', 'c'],
        ['c', ''],
      ],
      '2 1 0',
    ],
    [
      'completes a circle of two (RFC 7644 §3.7.1)',
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      '1-a 0 1+',
    ],
    [
      'completes a circle of three',
      [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ],
      '2-a 1 0 2+',
    ],
    ['completes a create that refers to itself', [['a', 'a']], '0-a 0+'],
    [
      'completes a create before the operations that refer to it',
      [
        ['-', 'a'],
        ['a', 'b'],
        ['b', 'a'],
      ],
      '2-a 1 2+ 0',
    ],
    [
      'ignores references to unknown bulkIds',
      [
        ['a', 'x'],
        ['-', 'y'],
      ],
      '0 1',
    ],
  ])('%s', (_, groups, expected) => {
    expect(written(plan(groups))).toBe(expected);
  });

  it('plans a circle of a thousand creates', () => {
    const name = (i: number) => String.fromCharCode(0x4e00 + i);
    const chain = Array.from({ length: 1000 }, (_, i): [string, string] => [name(i), name((i + 1) % 1000)]);
    expect(plan(chain)).toHaveLength(1001);
  });

  const NAMES = 'abcdefgh';
  const graphs = fc.uniqueArray(
    fc.tuple(
      fc.constantFrom(...NAMES),
      fc.subarray([...NAMES]).map((members) => members.join('')),
    ),
    { selector: ([bulkId]) => bulkId, minLength: 1 },
  );

  it('runs each operation of any graph once, with all references resolved or completed later', () => {
    fc.assert(
      fc.property(graphs, (groups) => {
        const there = new Set<string>();
        const lacking = new Map<number, string[]>();
        const run: number[] = [];
        for (const step of plan(groups)) {
          const [bulkId, members] = groups[step.index]!;
          if (step.kind === 'complete') {
            expect(lacking.get(step.index)!.every((member) => there.has(member))).toBe(true);
            lacking.delete(step.index);
            continue;
          }
          const known = [...members].filter((member) => groups.some(([other]) => other === member));
          expect(known.filter((member) => !step.later.has(member) && !there.has(member))).toEqual([]);
          if (step.later.size > 0) lacking.set(step.index, [...step.later]);
          run.push(step.index);
          there.add(bulkId);
        }
        expect(run.sort((a, b) => a - b)).toEqual(groups.map((_, i) => i));
        expect(lacking.size).toBe(0);
      }),
    );
  });
});
