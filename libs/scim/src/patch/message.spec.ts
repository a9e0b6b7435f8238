import { parsePatch } from '../index.js';

describe('the PatchOp message', () => {
  test('names and "op" can be in any case, and a null path counts as absent', () => {
    const body = { operations: [{ OP: 'REPLACE', Path: null, Value: { active: false } }] };
    expect(parsePatch(body)).toEqual([{ op: 'replace', value: { active: false } }]);
  });

  test.each<[string, unknown]>([
    ['invalidSyntax', null],
    ['invalidSyntax', {}],
    ['invalidSyntax', { Operations: [] }],
    ['invalidSyntax', { Operations: {} }],
    ['invalidSyntax', { Operations: ['x'] }],
    ['invalidSyntax', { Operations: [{ op: 'move', path: 'title' }] }],
    ['invalidSyntax', { Operations: [{ path: 'title', value: 1 }] }],
    ['invalidValue', { Operations: [{ op: 'add', path: 'title' }] }],
    ['invalidPath', { Operations: [{ op: 'add', path: 5, value: 1 }] }],
    ['noTarget', { Operations: [{ op: 'remove' }] }],
    ['invalidSyntax', { Operations: [{ op: 'remove', path: 'title' }], operations: [{ op: 'remove', path: 'title' }] }],
    ['invalidSyntax', { Operations: [{ op: 'replace', path: 'title', Path: 'active', value: false }] }],
    ['invalidSyntax', { Operations: [{ op: 'replace', path: 'active', value: true, VALUE: false }] }],
    ['invalidSyntax', { Operations: [{ op: 'add', OP: 'remove', path: 'title', value: 'x' }] }],
  ])('%s: %j', (code, body) => {
    expect(() => parsePatch(body)).toThrow(expect.objectContaining({ code }));
  });
});
