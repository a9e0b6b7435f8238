import { randomBytes } from 'node:crypto';
import { eventually } from '@tidegate/testing';
import { readConfig } from '@tidegate/runtime';
import { SETTINGS } from '../src/config/config.js';
import { Browser, ORIGIN } from './browser.js';
import { API_KEY, type TestGateway, openGateway } from './harness.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const count = (statuses: number[], status: number) => statuses.filter((each) => each === status).length;

describe('wrong API keys', () => {
  let proxied: TestGateway;
  let plain: TestGateway;
  beforeAll(async () => {
    [proxied, plain] = await Promise.all([
      openGateway({ publicUrl: ORIGIN, trustProxy: true }),
      openGateway({ publicUrl: ORIGIN }),
    ]);
  });
  afterAll(() => Promise.all([proxied.close(), plain.close()]));

  const from = (address?: string): Record<string, string> =>
    address === undefined ? {} : { 'x-forwarded-for': address };
  const call = async (gateway: TestGateway, key: string, address?: string) =>
    gateway.request('GET', '/api/v1/integrations', { headers: { authorization: `Bearer ${key}`, ...from(address) } });
  const status = async (...args: Parameters<typeof call>) => (await call(...args)).statusCode;
  const form = async (gateway: TestGateway, key: string, address?: string) =>
    (await new Browser(gateway).post('/login', { key }, from(address))).statusCode;
  const wrong = () => randomBytes(24).toString('base64url');
  const warnings = (gateway: TestGateway, text: string) => gateway.log.filter((line) => line.includes(text));

  it('are limited at /api/v1 and logged once, without the keys', async () => {
    const guesses = range(40).map(wrong);
    const statuses: number[] = [];
    for (const guess of guesses) statuses.push(await status(proxied, guess, '203.0.113.9'));
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([30, 10]);
    const refused = await call(proxied, wrong(), '203.0.113.9');
    expect([refused.headers['retry-after'], refused.json()]).toMatchObject(['30', { status: 429 }]);
    const lines = warnings(proxied, 'Too many wrong API keys');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { where: 'api', network: '203.0.113.0/24' },
    ]);
    for (const guess of guesses) expect(proxied.log.join('')).not.toContain(guess);
  });

  it('are counted in the login form regardless of the request ids', async () => {
    const statuses: number[] = [];
    for (const guess of range(12).map(wrong)) {
      const headers = { ...from('203.0.113.60'), 'x-request-id': 'always-the-same' };
      statuses.push((await new Browser(proxied).post('/login', { key: guess }, headers)).statusCode);
    }
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 2]);
  });

  it('at /api/v1 do not block recently valid keys of the client, nor other clients', async () => {
    expect(await status(proxied, API_KEY, '203.0.113.20')).toBe(200);
    for (const guess of range(40).map(wrong)) await status(proxied, guess, '203.0.113.20');
    expect(await status(proxied, wrong(), '203.0.113.20')).toBe(429);
    expect(await status(proxied, API_KEY, '203.0.113.20')).toBe(200);
    expect(await status(proxied, API_KEY, '203.0.113.21')).toBe(200);
    expect(await form(proxied, API_KEY, '203.0.113.20')).toBe(303);
  });

  it('count once when repeated', async () => {
    const key = wrong();
    const statuses: number[] = [];
    for (const _ of range(40)) statuses.push(await status(proxied, key, '203.0.113.40'));
    expect(count(statuses, 401)).toBe(40);
    expect(await status(proxied, API_KEY, '203.0.113.40')).toBe(200);
  });

  it('at /api/v1 do not block stored keys', async () => {
    const answer = await proxied.api('POST', '/api-keys', { name: 'a job', scopes: ['all'] });
    const { id, key } = answer.json<{ id: string; key: string }>();
    const like = () => `tgk_${randomBytes(32).toString('base64url')}`;
    for (const guess of range(40).map(like)) await status(proxied, guess, '203.0.113.50');
    expect(await status(proxied, API_KEY, '203.0.113.50')).toBe(429);
    expect(await status(proxied, key, '203.0.113.50')).toBe(200);
    expect(await status(proxied, like(), '203.0.113.50')).toBe(429);
    expect((await proxied.api('DELETE', `/api-keys/${id}`)).statusCode).toBe(204);
    await eventually(async () => expect(await status(proxied, key, '203.0.113.50')).toBe(401));
  });

  it('block the configured key after too many attempts', async () => {
    for (const guess of range(30).map(wrong)) await status(proxied, guess, '203.0.113.30');
    expect(await status(proxied, API_KEY, '203.0.113.30')).toBe(429);
  });

  it('are limited per IPv6 link', async () => {
    const statuses: number[] = [];
    for (const i of range(14)) statuses.push(await form(proxied, wrong(), `2001:db8::${i + 1}:2:3:4`));
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(4).fill(429)]);
    expect(await form(proxied, wrong(), '2001:db8:0:1::1')).toBe(401);
  });

  it('block only the client itself in the form, behind an untrusted proxy', async () => {
    const statuses: number[] = [];
    for (const guess of range(12).map(wrong)) statuses.push(await form(plain, guess, '203.0.113.9'));
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 2]);
    expect(await form(plain, API_KEY, '203.0.113.10')).toBe(303);
    expect(warnings(plain, 'TRUST_PROXY is not set')).toHaveLength(1);
  });

  it('are limited for clients that forge addresses', async () => {
    const statuses: number[] = [];
    for (const i of range(70)) statuses.push(await form(plain, wrong(), `198.51.100.${i}`));
    expect(count(statuses, 401)).toBeLessThanOrEqual(60);
    expect(statuses.at(-1)).toBe(429);
  });

  it.each(['a-key-chosen-by-a-person', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'changemechangemechangemechangeme'])(
    'are not helped by a guessable root key: %s is refused',
    (key) => {
      const env = { DATABASE_URL: 'postgres://localhost/tidegate', TIDEGATE_API_KEY: key };
      expect(() => readConfig(env, SETTINGS)).toThrow(/TIDEGATE_API_KEY must be a secret of 32 to 1000 characters/);
      const good = { ...env, TIDEGATE_API_KEY: randomBytes(32).toString('base64') };
      expect(readConfig(good, SETTINGS).apiKey).toBe(good.TIDEGATE_API_KEY);
    },
  );
});
