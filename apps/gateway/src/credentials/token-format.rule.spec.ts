import { idInToken, newToken } from './token-format.rule.js';

const ID = '01a20a91-9ffd-75ea-8d9e-61063b77ba29';

it('contains the id of its row, and is random', () => {
  const [first, second] = [newToken('tgs_', ID), newToken('tgs_', ID)];
  expect(first).toMatch(/^tgs_01a20a919ffd75ea8d9e61063b77ba29_[\w-]{43}_[0-9a-f]{8}$/);
  expect([idInToken(first), idInToken(second)]).toEqual([ID, ID]);
  expect(first).not.toBe(second);
});

it('is invalid when a character is changed, missing or added', () => {
  const token = newToken('tgs_', ID);
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === '0' ? '1' : '0';
    for (const changed of [other, '', token[at]! + other])
      expect(idInToken(token.slice(0, at) + changed + token.slice(at + 1))).toBeUndefined();
  }
});

it.each(['', 'tgs_', `tgs_${'a'.repeat(43)}`, 'tgs_01a20a919ffd75ea8d9e61063b77ba29__00000000', 'non-token'])(
  '%j is not a token',
  (value) => expect(idInToken(value)).toBeUndefined(),
);
