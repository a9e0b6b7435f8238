import { eventually } from '@tidegate/testing';
import type * as openid from 'openid-client';
import { type OAuthFixture, CALLBACK, type Connection, openOAuthFixture } from './oauth-fixture.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('limits of the authorization server', () => {
  let accessFlow: OAuthFixture;
  let okta: Connection;
  beforeAll(async () => {
    accessFlow = await openOAuthFixture({ trustProxy: true });
    okta = await accessFlow.connect();
  });
  afterAll(() => accessFlow.close());
  afterEach(() => accessFlow.sql('DELETE FROM gateway.oauth_states'));

  describe('of consent requests', () => {
    const authorize = (from: string, state = 's') => {
      const query = { response_type: 'code', client_id: okta.clientId, redirect_uri: CALLBACK, state };
      const path = `/oauth/${okta.id}/authorize?${new URLSearchParams(query).toString()}`;
      const headers = { host: new URL(accessFlow.origin).host, accept: 'text/html', 'x-forwarded-for': from };
      return accessFlow.gateway.request('GET', path, { headers });
    };
    const kept = async (network: string) =>
      (
        await accessFlow.sql(
          `SELECT count(*)::int AS kept FROM gateway.oauth_states WHERE model = 'Interaction' AND network = $1`,
          [network],
        )
      )[0]!['kept'];
    /** Inserts consent requests directly. */
    const fill = (networks: number, each: number) =>
      accessFlow.sql(
        `INSERT INTO gateway.oauth_states (integration_id, key, model, payload, network, created_at, expires_at)
         SELECT $1, sha256(gen_random_uuid()::text::bytea), 'Interaction', '', 'network ' || i % $2,
                now() + i * interval '1 microsecond', now() + interval '15 minutes'
         FROM generate_series(1, $2::int * $3::int) AS i`,
        [okta.id, networks, each],
      );
    const isAsked = async (browser: Awaited<ReturnType<OAuthFixture['admin']>>) => {
      await browser.open(browser.url.href);
      return [browser.status, browser.text.includes('Approve')];
    };
    const openPage = async () => {
      const browser = await accessFlow.admin();
      const query = { response_type: 'code', client_id: okta.clientId, redirect_uri: CALLBACK, state: 's' };
      await browser.open(`${okta.issuer}/authorize?${new URLSearchParams(query).toString()}`);
      expect(browser.text).toContain('Approve');
      return browser;
    };
    const evictions = () =>
      accessFlow.gateway.log
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ msg }) => String(msg).includes('pending consent requests'));

    it('refuse a state of more than 4 KiB', async () => {
      const long = await authorize('203.0.113.9', 'x'.repeat(4_097));
      expect([long.statusCode, long.body]).toEqual([
        400,
        expect.stringContaining('state can have at most 4096 characters'),
      ]);
      expect((await authorize('203.0.113.9', 'x'.repeat(4_096))).statusCode).toBe(303);
      const [row] = await accessFlow.sql(
        `SELECT max(length(payload)) AS most, count(*)::int AS rows FROM gateway.oauth_states`,
      );
      expect(row!['rows']).toBe(1);
      expect(Number(row!['most'])).toBeLessThan(16_384);
    });

    it('apply per network, so that one network evicts no requests of others', async () => {
      const browser = await openPage();
      for (const i of range(550)) expect((await authorize(`198.51.100.${i % 256}`)).statusCode).toBe(303);
      expect(await isAsked(browser)).toEqual([200, true]);
      expect(await kept('198.51.100.0/24')).toBe(50);
      expect(evictions()).toMatchObject([{ level: 'warn', integrationId: okta.id, network: '198.51.100.0/24' }]);
    });

    it('apply in total, and evict those of the networks with most requests first', async () => {
      const browser = await openPage();
      await fill(600, 1);
      await fill(10, 40);
      expect((await authorize('203.0.113.9')).statusCode).toBe(303);
      const [{ rows }] = (await accessFlow.sql(
        `SELECT count(*)::int AS rows FROM gateway.oauth_states WHERE model = 'Interaction'`,
      )) as [{ rows: number }];
      expect(rows).toBe(500);
      expect(await isAsked(browser)).toEqual([200, true]);
    });
  });

  describe('of a reused refresh token', () => {
    const refresh = (token: string) =>
      okta.post('token', {
        grant_type: 'refresh_token',
        refresh_token: token,
        client_id: okta.clientId,
        client_secret: okta.clientSecret,
      });
    const pairOf = async (answer: Response) => (await answer.json()) as openid.TokenEndpointResponse;

    it('allow a fixed number of exchanges, also concurrent ones', async () => {
      const first = await okta.authorize();
      const answers = await Promise.all(range(20).map(() => refresh(first.refresh_token!)));
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(5);
      expect(statuses.filter((status) => status === 429)).toHaveLength(15);
      const refused = answers.find(({ status }) => status === 429)!;
      expect([refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
        '30',
        { error: 'temporarily_unavailable' },
      ]);
      const pair = await pairOf(answers.find(({ status }) => status === 200)!);
      expect((await refresh(pair.refresh_token!)).status).toBe(200);
    });

    it('leave one access token after one of the pairs is used', async () => {
      const first = await okta.authorize();
      const pairs: openid.TokenEndpointResponse[] = [];
      for (let i = 0; i < 3; i++) pairs.push(await pairOf(await refresh(first.refresh_token!)));
      for (const { access_token } of pairs) expect(await okta.status(access_token)).toBe(200);
      const [lost, , arrived] = pairs;
      const next = await pairOf(await refresh(arrived!.refresh_token!));
      await eventually(async () => {
        const statuses = await Promise.all(pairs.map(({ access_token }) => okta.status(access_token)));
        expect(statuses).toEqual([401, 401, 200]);
      });
      expect(await okta.status(next.access_token)).toBe(200);
      expect((await refresh(lost!.refresh_token!)).status).toBe(400);
    });

    it('refuse an access token of a pair whose sibling is used meanwhile', async () => {
      for (const _round of range(4)) {
        const first = await okta.authorize();
        const arrived = await pairOf(await refresh(first.refresh_token!));
        const racing = range(3).map(() => refresh(first.refresh_token!));
        const [losers] = await Promise.all([Promise.all(racing), refresh(arrived.refresh_token!)]);
        const lost = await Promise.all(losers.filter(({ status }) => status === 200).map(pairOf));
        await eventually(async () => {
          const statuses = await Promise.all(lost.map(({ access_token }) => okta.status(access_token)));
          expect(statuses.filter((status) => status !== 401)).toEqual([]);
        });
      }
    });
  });
});
