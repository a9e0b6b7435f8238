import { localUrl } from './local-url.rule.js';

it.each([
  ['0.0.0.0', 'http://localhost:3000'],
  ['::', 'http://localhost:3000'],
  ['127.0.0.1', 'http://127.0.0.1:3000'],
  ['::1', 'http://[::1]:3000'],
])('the URL of %s is %s', (address, url) => {
  expect(localUrl({ address, port: 3000 })).toBe(url);
});
