import { credentialOf, hashOf, isBare, looksLikeSecret, newSecret, unauthorized } from './bearer.rule.js';

describe('the credential of an Authorization header', () => {
  it.each<[unknown, string | undefined]>([
    ['Bearer tgs_abc', 'tgs_abc'],
    ['bearer tgs_abc', 'tgs_abc'],
    ['BEARER    tgs_abc', 'tgs_abc'],
    ['  Bearer tgs_abc  ', 'tgs_abc'],
    ['tgs_abc', 'tgs_abc'],
    ['Bearer', 'Bearer'], // a bare token of that name; no secret looks like it
    ['Bearer a b', undefined],
    ['Basic YWxpY2U6cHc=', undefined],
    ['Bearer ä', undefined],
    ['Bearer a\u0000', undefined],
    ['', undefined],
    ['   ', undefined],
    [undefined, undefined],
    [['Bearer a', 'Bearer b'], undefined],
    [`Bearer ${'a'.repeat(4089)}`, 'a'.repeat(4089)],
    [`Bearer ${'a'.repeat(4090)}`, undefined],
  ])('%j', (header, credential) => {
    expect(credentialOf(header)).toBe(credential);
  });

  it.each<[unknown, boolean]>([
    ['tgs_abc', true],
    ['Bearertgs_abc', true],
    ['Bearer tgs_abc', false],
    ['  bearer tgs_abc', false],
    [undefined, false],
    [['tgs_abc'], false],
  ])('%j has no scheme: %s', (header, bare) => {
    expect(isBare(header)).toBe(bare);
  });
});

describe('a secret', () => {
  it('is random and matches only its own prefix', () => {
    const secret = newSecret('tgk_');
    expect(newSecret('tgk_')).not.toBe(secret);
    expect(looksLikeSecret('tgk_', secret)).toBe(true);
    expect(looksLikeSecret('tgs_', secret)).toBe(false);
    expect(credentialOf(`Bearer ${secret}`)).toBe(secret);
  });

  it.each([
    '',
    'tgk_',
    `tgk_${'a'.repeat(42)}`,
    `tgk_${'a'.repeat(44)}`,
    `tgk_${'a'.repeat(42)}.`,
    `tgk_${'a'.repeat(43)}\n`,
  ])('%j is not a secret', (value) => expect(looksLikeSecret('tgk_', value)).toBe(false));

  it('is hashed with SHA-256', () => {
    expect(hashOf('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

it('the refusal is the same for every reason', () => {
  expect(unauthorized()).toMatchObject({
    code: 'unauthorized',
    message: expect.not.stringMatching(/expired|revoked|unknown/),
  });
});
