import { jsonSteps, parseJson, RESERVED_NAMES } from './json.rule.js';

const parse = (text: string, maxDepth = 3) => parseJson(text, maxDepth);
const refused = (detail: string) => expect.objectContaining({ code: 'invalidSyntax', detail });

describe('parseJson', () => {
  it.each(['{}', '[[[]]]', '{"a":{"b":[1,2]},"c":"[[[[{{{{"}', '["\\"[[[[", "\\\\", [[1]]]', '"x"', ' 1 '])(
    'parses %s as JSON.parse does',
    (text) => expect(parse(text)).toEqual(JSON.parse(text)),
  );

  it.each(['[[[[]]]]', '{"a":[{"b":{}}]}', '{"a":"\\\\\\"","b":[[[', `${'['.repeat(1e6)}${']'.repeat(1e6)}`])(
    'refuses bodies nested deeper than the limit: %.20s',
    (text) => expect(() => parse(text)).toThrow(refused('The body is nested too deeply.')),
  );

  it.each(['{', ']', ']]]]{[', '{"a":"x', '"\\', '{"a":1}}', '{"\\x":1,"a":2}', '{"a"}', 'undefined'])(
    'refuses %s as not JSON',
    (text) => expect(() => parse(text)).toThrow(refused('The body is not JSON.')),
  );

  it('refuses an empty body', () => expect(() => parse('')).toThrow(refused('The body is empty.')));

  it('refuses more values than the largest group has', () => {
    const member = { value: '018f0000-0000-7000-8000-000000000000' };
    const largest = JSON.stringify({ members: Array<object>(340_000).fill(member) });
    expect(largest.length).toBeGreaterThan(15.9e6);
    expect(parse(largest)).toHaveProperty('members.length', 340_000);
    const tooLarge = expect.objectContaining({ code: 'tooLarge' });
    expect(() => parse(`[${'{},'.repeat(1e6)}{}]`)).toThrow(tooLarge);
    expect(() => parse(`{${Array.from({ length: 1_001 }, (_, i) => `"${i}":0`).join(',')}}`)).toThrow(tooLarge);
  });

  it.each([
    ['{"active":false,"active":true}', 'active'],
    ['{"a":[1,{}],"\\u0061":2}', 'a'],
    ['{"a":"x", "b":",", "a" : 1}', 'a'],
    [`{"a":1,"${'x'.repeat(200)}":1,"${'x'.repeat(200)}":2}`, 'x'.repeat(100)],
  ])('refuses duplicate members and names them: %.40s', (text, name) =>
    expect(() => parse(text)).toThrow(refused(`The body has the member "${name}" more than once.`)),
  );

  it.each([
    '{"a":"b","b":"a"}',
    '{"a":"a"}',
    '{"a":{"a":{"a":1}},"b":{"a":[]}}',
    '{"a":["b","b"],"b":[{"c":1},{"c":1}]}',
  ])('accepts %s, without duplicate members', (text) => expect(parse(text)).toEqual(JSON.parse(text)));

  describe('for long bodies', () => {
    const list = (count: number) => Array.from({ length: count }, (_, i) => ({ value: `member ${i}`, type: null }));
    const wide = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`name ${i}`, 'x'.repeat(750)]));
    const limits = 32;
    const long: [string, unknown][] = [
      ['a list', list(20_000)],
      ['a list in an object, with other members', { before: [1, { a: [] }], members: list(20_000), after: 'x' }],
      ['a wide object', wide],
      ['lists in lists', [list(5_000), [list(5_000), wide], { a: { b: list(5_000), c: wide } }, 1, 'x']],
      ['one long string', { a: 'x"\\[{,'.repeat(40_000), b: [1] }],
      ['numbers', Array.from({ length: 100_000 }, (_, i) => i / 7)],
      ['empty lists', Array.from({ length: 100_000 }, () => [])],
    ];

    it.each(long)('parses %s as JSON.parse does', (_, value) => {
      expect(parse(JSON.stringify(value), limits)).toEqual(value);
      const spaced = JSON.stringify(value, null, 2);
      expect(parse(spaced, limits)).toEqual(value);
    });

    it('parses in many small steps', () => {
      const steps = jsonSteps(JSON.stringify({ members: list(100_000) }), 32);
      let count = 0;
      while (!steps.next().done) count++;
      expect(count).toBeGreaterThan(200);
    });

    it('keeps __proto__ as an ordinary member', () => {
      const names = Array.from({ length: 400 }, (_, i) => `"n${i}":"${'x'.repeat(500)}"`).join(',');
      const cut = parse(`{${names},"__proto__":{"x":1},${names.replaceAll('"n', '"m')}}`, limits) as object;
      expect(Object.getPrototypeOf(cut)).toBe(Object.prototype);
      expect(Object.getOwnPropertyDescriptor(cut, '__proto__')?.value).toEqual({ x: 1 });
      expect(Object.keys(cut)).toHaveLength(801);
    });

    const many = JSON.stringify(list(20_000)).slice(1, -1);
    it.each([
      ['a comma at the end', `[${many},]`],
      ['a comma at the beginning', `[,${many}]`],
      ['two commas', `[${many},,${many}]`],
      ['the wrong bracket', `[${many}}`],
      ['the wrong bracket in an object', `{"a":[${many}],"b":1]`],
      ['no bracket at the end', `[${many}`],
      ['an extra bracket', `[${many}]]`],
      ['two documents', `[${many}] [${many}]`],
      ['names in a list', `["a":${many}]`],
      ['no names in an object', `{${many}}`],
      ['a blank piece', `[1,${' '.repeat(200_000)},${many}]`],
    ])('refuses %s', (_, text) => expect(() => parse(text, limits)).toThrow(refused('The body is not JSON.')));

    it('refuses a string of more than a million characters', () => {
      const tooLarge = expect.objectContaining({ code: 'tooLarge' });
      expect(() => parse(`{"a":"${'x'.repeat(2 ** 20 + 1)}"}`)).toThrow(tooLarge);
      expect(parse(`{"a":"${'x'.repeat(2 ** 20 - 1)}"}`)).toBeDefined();
    });
  });
});

it.each(['{"x":{"constructor":1}}', '{"__proto__":{"a":1}}', '[{"\\u0063onstructor":"x"}]'])(
  'refuses reserved names where they are not allowed: %s',
  (text) => {
    expect(() => parseJson(text, 3, RESERVED_NAMES)).toThrow('which is reserved');
    expect(() => parseJson(text, 3)).not.toThrow();
  },
);
