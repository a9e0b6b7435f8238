import * as openid from 'openid-client';
import { Browser } from './browser.js';
import { API_KEY } from './harness.js';
import { CLIENT, Issuer } from './issuer.js';
import { type Connection, type OAuthFixture, openOAuthFixture } from './oauth-fixture.js';

/** Every row of every table of the gateway as a string, with bytes in hex. */
async function dump(accessFlow: OAuthFixture): Promise<string> {
  const tables = await accessFlow.sql(
    `SELECT format('gateway.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'gateway'`,
  );
  const texts: Record<string, unknown>[] = [];
  for (const { name } of tables) texts.push(...(await accessFlow.sql(`SELECT t::text AS row FROM ${String(name)} t`)));
  return texts.map(({ row }) => String(row)).join('\n');
}

describe('credentials', () => {
  let accessFlow: OAuthFixture;
  let okta: Connection;
  let issuer: Issuer;
  beforeAll(async () => {
    [accessFlow, issuer] = await Promise.all([openOAuthFixture(), Issuer.start()]);
    okta = await accessFlow.connect();
  });
  afterAll(async () => {
    await accessFlow.close();
    await issuer.close();
  });

  it('are neither in the database nor in the log: cookies, tickets, codes, tokens, secrets, keys', async () => {
    const { gateway } = accessFlow;
    const secrets: Record<string, string> = {
      'root key': API_KEY,
      'scim token': okta.token,
      'client secret': okta.clientSecret,
      'secret at the provider': CLIENT.clientSecret,
    };
    const made = await gateway.api('POST', '/api-keys', { name: 'x', scopes: ['keys:read'] });
    secrets['api key'] = made.json<{ key: string }>().key;

    const back = await okta.approve({ state: 'a-state-to-look-for' });
    const tokens = await openid.authorizationCodeGrant(await okta.library(), back, {
      expectedState: 'a-state-to-look-for',
    });
    const next = await openid.refreshTokenGrant(await okta.library(), tokens.refresh_token!);
    await okta.status(next.access_token);
    Object.assign(secrets, {
      'oauth code': back.searchParams.get('code'),
      'oauth state': 'a-state-to-look-for',
      'access token': tokens.access_token,
      'refresh token': next.refresh_token,
    });

    const provider = await gateway.api('POST', '/login-providers', { issuer: issuer.url, ...CLIENT, label: 'Okta' });
    await gateway.api('POST', '/role-assignments', { issuer: issuer.url, subject: '00udan', role: 'admin' });
    const dan = new Browser(gateway);
    const secure = { host: '127.0.0.1' };
    const { id } = provider.json<{ id: string }>();
    const started = await dan.send('GET', `/login/start/${id}`, secure);
    const asked = new URL(started.headers.location ?? '');
    secrets['login ticket'] = dan.cookie('tidegate_login')!;
    for (const name of ['state', 'nonce']) secrets[`login ${name}`] = asked.searchParams.get(name)!;
    const answer = issuer.login(asked, '00udan');
    secrets['login code'] = answer.get('code')!;
    expect((await dan.send('GET', `/login/callback/${id}?${answer.toString()}`, secure)).statusCode).toBe(303);
    secrets['session'] = dan.cookie('tidegate_session')!;
    const logout = await dan.send('GET', '/logout', secure);
    secrets['csrf token'] = /name="csrfToken" value="([^"]+)"/.exec(logout.body)?.[1] ?? '';

    const everything = (await dump(accessFlow)) + gateway.log.join('');
    expect(everything).toContain(okta.id);
    for (const [name, secret] of Object.entries(secrets)) {
      expect([name, secret?.length > 15]).toEqual([name, true]);
      for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')])
        expect([name, everything.includes(form)]).toEqual([name, false]);
    }
  });
});
