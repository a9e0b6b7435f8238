import { ApiDocument } from './api-document.js';

const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const document = new ApiDocument(
  JSON.stringify({
    paths: {
      '/api/v1/things': {
        get: {
          responses: {
            200: json({
              type: 'object',
              properties: { items: { type: 'array', items: { $ref: '#/components/schemas/Thing' } } },
              required: ['items'],
            }),
            429: { $ref: '#/components/responses/TooMany' },
            default: { content: problem },
          },
        },
      },
      '/api/v1/things/{id}': { delete: { responses: { 204: {}, default: { content: problem } } } },
    },
    components: {
      schemas: {
        Thing: {
          type: 'object',
          properties: {
            id: { type: 'string', format: 'uuid' },
            kind: { type: 'string', enum: ['a', 'b'] },
            at: { type: ['string', 'null'], format: 'date-time' },
            description: { type: 'string' },
          },
          required: ['id', 'kind', 'at'],
        },
        Problem: { type: 'object', properties: { status: { type: 'number' } }, required: ['status'] },
      },
      responses: { TooMany: { content: problem } },
    },
  }),
);
const THING = { id: '01a20a91-9f1a-762e-8330-4b3a2dcf66da', kind: 'a', at: '2026-01-02T03:04:05.000Z' };

function check(body: unknown, more: object = {}): void {
  const response = { method: 'GET', url: '/api/v1/things?limit=1', status: 200, contentType: 'application/json' };
  document.check({ ...response, text: JSON.stringify(body), ...more });
}
const refusal = { status: 429, contentType: 'application/problem+json; charset=utf-8' };
const deletion = { method: 'DELETE', url: '/api/v1/things/1', status: 204, contentType: undefined };

it.each<[string, unknown, object]>([
  ['an item', { items: [THING] }, {}],
  ['null, and an optional property', { items: [{ ...THING, at: null, description: 'x' }] }, {}],
  ['a problem', { status: 429 }, refusal],
  ['a problem of another status', { status: 500 }, { ...refusal, status: 500 }],
  ['a problem of a path without operations', { status: 404 }, { ...refusal, url: '/api/v1/others', status: 404 }],
  ['no body', undefined, { ...deletion, text: '' }],
])('a response is as documented with %s', (_, body, more) => expect(() => check(body, more)).not.toThrow());

it.each<[string, unknown, object, RegExp]>([
  ['an undocumented property', { items: [{ ...THING, secret: 'x' }] }, {}, /items\/0 .*"secret"/],
  ['a missing property', { items: [{ id: THING.id, kind: 'a' }] }, {}, /required property 'at'/],
  ['another value', { items: [{ ...THING, kind: 'c' }] }, {}, /kind must be equal to one of/],
  ['another format', { items: [{ ...THING, at: 'today', id: '1' }] }, {}, /format "uuid"[^]*format "date-time"/],
  ['another content type', { items: [] }, { contentType: 'text/html' }, /content type text\/html/],
  ['a body that is not a problem', { items: [] }, refusal, /required property 'status'/],
  ['an undocumented success', { items: [] }, { status: 201 }, /content type application\/json/],
  ['an undocumented body', THING, deletion, /a body that is not documented/],
])('a response differs from the document with %s', (_, body, more, message) =>
  expect(() => check(body, more)).toThrow(message),
);
