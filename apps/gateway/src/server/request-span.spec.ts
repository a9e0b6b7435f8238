import { recordSpans, type SpanAttributes } from '@tidegate/observability';
import { fastify } from 'fastify';
import { recordRequest } from './request-span.js';

const recorded: SpanAttributes[] = [];
beforeEach(() => {
  recorded.length = 0;
  recordSpans((_kind, _name, attributes, parent) => {
    recorded.push(attributes);
    return { trace: parent ?? { traceparent: '' }, end: () => undefined };
  });
});
afterEach(() => recordSpans(undefined));

it.each([
  ['https', 'https'],
  ['http', 'http'],
  ['alice@example.com', undefined],
])('a proxy that forwards the scheme %s records %s', async (header, scheme) => {
  const app = fastify({ trustProxy: true });
  app.addHook('onRequest', (request, reply, done) => {
    recordRequest(request, reply);
    done();
  });
  await app.inject({ url: '/', headers: { 'x-forwarded-proto': header } });
  await app.close();
  expect(recorded.map((attributes) => attributes['url.scheme'])).toEqual([scheme]);
});
