import { eventually } from '@tidegate/testing';
import * as openid from 'openid-client';
import { newIntegration, wrongFields } from './harness.js';
import { CALLBACK, type OAuthFixture, openOAuthFixture } from './oauth-fixture.js';

const OURS = { clientId: 'shared-by-all', clientSecret: 'A-secret.of_all~customers-0123456789' };

const ROOT = { kind: 'apiKey', keyId: 'configured', name: 'configured key', network: '127.0.0.0/24' };

describe('the OAuth client of an integration', () => {
  let accessFlow: OAuthFixture;
  beforeAll(async () => {
    accessFlow = await openOAuthFixture({ oauthRedirectOrigins: ['https://sim.example.com'] });
  });
  afterAll(() => accessFlow.close());

  const path = (id: string) => `/integrations/${id}/oauth-client`;
  const api = (method: string, at: string, body?: object) => accessFlow.gateway.api(method, at, body);

  it('is created with a secret that is returned once, and the redirect URIs of the app in every Okta cell', async () => {
    const { id } = await newIntegration(accessFlow.gateway);
    const answer = await api('POST', path(id), { appName: 'acme_tidegate_1' });
    expect(answer.statusCode).toBe(201);
    const { clientSecret, ...made } = answer.json<Record<string, unknown>>();
    expect(clientSecret).toMatch(/^tgc_[\w-]{43}$/);
    expect(made).toEqual({
      clientId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      grantType: 'authorization_code',
      appName: 'acme_tidegate_1',
      redirectUris: [
        CALLBACK,
        CALLBACK.replace('okta.com', 'okta-emea.com'),
        CALLBACK.replace('okta.com', 'oktapreview.com'),
      ],
      secrets: [
        {
          id: expect.any(String),
          hint: String(clientSecret).slice(-4),
          createdAt: expect.stringMatching(/Z$/),
          createdBy: ROOT,
        },
      ],
      authorizeUrl: `http://tidegate.example/oauth/${id}/authorize`,
      tokenUrl: `http://tidegate.example/oauth/${id}/token`,
      createdAt: expect.stringMatching(/Z$/),
      lastUsedAt: null,
      createdBy: ROOT,
      updatedBy: null,
    });
    expect((await api('GET', path(id))).json()).toEqual(made);
    expect((await api('POST', path(id), { appName: 'acme_tidegate_1' })).statusCode).toBe(409);
  });

  it('can have the shared id and secret of a catalog app, in several integrations', async () => {
    for (let integrations = 0; integrations < 2; integrations++) {
      const okta = await accessFlow.connect({ appName: 'acme_tidegate_1', ...OURS });
      expect([okta.clientId, okta.clientSecret]).toEqual([OURS.clientId, OURS.clientSecret]);
      expect(await okta.status((await okta.authorize()).access_token)).toBe(200);
    }
  });

  it.each([
    [{}, ['appName']],
    [{ appName: 'a/../b' }, ['appName']],
    [{ appName: '' }, ['appName']],
    [{ appName: 7 }, ['appName']],
    [{ redirectUris: ['https://evil.example.com/callback'] }, ['redirectUris']],
    [{ appName: 'a', redirectUris: ['http://sim.example.com/callback'] }, ['redirectUris']],
    [{ appName: 'a', redirectUris: ['https://sim.example.com/#x'] }, ['redirectUris']],
    [{ appName: 'a', clientSecret: 'too-short' }, ['clientSecret']],
    [{ appName: 'a', clientSecret: 'with+what%is encoded in two ways-0123456789' }, ['clientSecret']],
    [{ appName: 'a', clientId: 'with space' }, ['clientId']],
    [{ appName: 'a', surprise: 1 }, ['surprise']],
  ])('cannot be created with %j', async (body, fields) => {
    const { id } = await newIntegration(accessFlow.gateway);
    expect(await wrongFields(accessFlow.gateway, 'POST', path(id), body)).toEqual(fields);
    expect((await api('GET', path(id))).statusCode).toBe(404);
  });

  it('has no redirect URIs with client credentials', async () => {
    const { id } = await newIntegration(accessFlow.gateway, { type: 'generic-scim', domain: undefined });
    const settings = { appName: 'a', redirectUris: ['https://sim.example.com/x'] };
    expect(await wrongFields(accessFlow.gateway, 'POST', path(id), settings)).toEqual(['appName', 'redirectUris']);
    const made = await api('POST', path(id), {});
    expect(made.json()).toMatchObject({ grantType: 'client_credentials', redirectUris: [] });
  });

  it('uses changed redirect URIs within a second', async () => {
    const okta = await accessFlow.connect();
    const redirect_uri = 'https://sim.example.com/callback';
    const browser = await accessFlow.admin();
    const query = new URLSearchParams({ response_type: 'code', client_id: okta.clientId, redirect_uri });
    const ask = async () => {
      await browser.open(`${okta.issuer}/authorize?${query.toString()}`);
      return browser.status;
    };
    expect(await ask()).toBe(400);
    const changed = await api('PATCH', path(okta.id), { redirectUris: [redirect_uri] });
    expect(changed.json().redirectUris).toEqual(expect.arrayContaining([CALLBACK, redirect_uri]));
    await eventually(async () => expect(await ask()).toBe(200));
    expect(
      await wrongFields(accessFlow.gateway, 'PATCH', path(okta.id), { redirectUris: ['https://x.example.com'] }),
    ).toEqual(['redirectUris']);
    expect((await api('GET', path(okta.id))).json().redirectUris).toContain(redirect_uri);
  });

  it('can rotate its secret: both are valid until the old one is revoked', async () => {
    const okta = await accessFlow.connect();
    const tokens = await okta.authorize();
    const added = await api('POST', `${path(okta.id)}/secrets`, {});
    expect(added.statusCode).toBe(201);
    const { clientSecret } = added.json<{ clientSecret: string }>();
    expect((await api('POST', `${path(okta.id)}/secrets`, {})).statusCode).toBe(409);
    const refresh = async (secret: string, token: string) =>
      openid.refreshTokenGrant(await okta.library(openid.ClientSecretBasic(secret)), token);
    const first = await refresh(okta.clientSecret, tokens.refresh_token!);
    const second = await refresh(clientSecret, first.refresh_token!);
    expect((await api('DELETE', `${path(okta.id)}/secrets/${okta.secretId}`)).statusCode).toBe(204);
    await eventually(async () => {
      const form = { client_id: okta.clientId, client_secret: okta.clientSecret, token: 'x' };
      expect((await okta.post('revoke', form)).status).toBe(401);
    });
    expect((await refresh(clientSecret, second.refresh_token!)).access_token).toBeTruthy();
    expect((await api('DELETE', `${path(okta.id)}/secrets/${okta.secretId}`)).statusCode).toBe(404);
  });

  it('refuses a secret that it has', async () => {
    const okta = await accessFlow.connect({ appName: 'acme_tidegate_1', ...OURS });
    const answer = await api('POST', `${path(okta.id)}/secrets`, { clientSecret: OURS.clientSecret });
    expect(answer.statusCode).toBe(409);
  });

  it('counts as credential in the connection checks until it is revoked', async () => {
    const okta = await accessFlow.connect();
    await api('DELETE', `/integrations/${okta.id}/tokens/${okta.tokenId}`);
    const credential = async () => {
      const { checks } = (await api('GET', `/integrations/${okta.id}/connection`)).json<{
        checks: { name: string }[];
      }>();
      return checks.find(({ name }) => name === 'credential');
    };
    expect(await credential()).toMatchObject({ state: 'missing' });
    const tokens = await okta.authorize();
    expect(await okta.status(tokens.access_token)).toBe(200);
    expect(await credential()).toMatchObject({ state: 'ok', since: expect.stringMatching(/Z$/) });
    const { clientId, clientSecret } = okta;
    const form = { token: tokens.refresh_token ?? '', client_id: clientId, client_secret: clientSecret };
    expect((await okta.post('revoke', form)).status).toBe(200);
    expect(await credential()).toMatchObject({ state: 'missing' });
  });

  it('is deleted with its grants and tokens', async () => {
    const okta = await accessFlow.connect();
    const tokens = await okta.authorize();
    expect(await okta.status(tokens.access_token)).toBe(200);
    expect((await api('GET', path(okta.id))).json().lastUsedAt).toMatch(/Z$/);
    expect((await api('DELETE', path(okta.id))).statusCode).toBe(204);
    await eventually(async () => expect(await okta.status(tokens.access_token)).toBe(401));
    expect((await api('GET', path(okta.id))).statusCode).toBe(404);
    expect((await api('DELETE', path(okta.id))).statusCode).toBe(404);
    const left = await accessFlow.sql('SELECT 1 FROM gateway.oauth_states WHERE integration_id = $1', [okta.id]);
    expect(left).toEqual([]);
  });

  it('is not accessible from another integration', async () => {
    const [ours, theirs] = [await accessFlow.connect(), await newIntegration(accessFlow.gateway)];
    expect((await api('GET', path(theirs.id))).statusCode).toBe(404);
    expect((await api('DELETE', `${path(theirs.id)}/secrets/${ours.secretId}`)).statusCode).toBe(404);
    expect((await api('GET', path(ours.id))).json().secrets).toHaveLength(1);
    expect((await api('POST', path('018f0000-0000-7000-8000-000000000000'), { appName: 'a' })).statusCode).toBe(404);
  });
});
