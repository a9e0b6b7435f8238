import { parseJson } from './json.js';

const parse = (text: string) => parseJson(text, 3);
const refused = (detail: string) => expect.objectContaining({ code: 'invalidSyntax', detail });

describe('parseJson', () => {
  it.each(['{}', '[[[]]]', '{"a":{"b":[1,2]},"c":"[[[[{{{{"}', '["\\"[[[[", "\\\\", [[1]]]', '"x"', ' 1 '])(
    'reads %s as any parser does',
    (text) => expect(parse(text)).toEqual(JSON.parse(text)),
  );

  it.each(['[[[[]]]]', '{"a":[{"b":{}}]}', '{"a":"\\\\\\"","b":[[[', `${'['.repeat(1e6)}${']'.repeat(1e6)}`])(
    'refuses what is nested deeper than the limit: %.20s',
    (text) => expect(() => parse(text)).toThrow(refused('The body is nested too deep.')),
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

  it.each(['{"active":false,"active":true}', '{"a":[1,{}],"\\u0061":2}', '{"a":"x", "b":",", "a" : 1}'])(
    'refuses a member named twice: %s',
    (text) => expect(() => parse(text)).toThrow(refused('The body names a member twice.')),
  );

  it.each([
    '{"a":"b","b":"a"}',
    '{"a":"a"}',
    '{"a":{"a":{"a":1}},"b":{"a":[]}}',
    '{"a":["b","b"],"b":[{"c":1},{"c":1}]}',
  ])('lets %s pass, which names none twice', (text) => expect(parse(text)).toEqual(JSON.parse(text)));
});
