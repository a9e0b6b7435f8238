import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { type Event, type UserRecord } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { DeactivationSweep } from '../src/auth/deactivations.worker.js';
import { Browser, ORIGIN } from './browser.js';
import { departure, Directory } from './directory.js';
import { type TestGateway, newIntegration, openGateway, wrongFields } from './harness.js';
import { CLIENT, Issuer } from './issuer.js';

let subjects = 0;
/** In the format of Okta user ids. */
const newSubject = () => `00u${String(++subjects).padStart(17, '0')}`;

describe('logging in with OpenID Connect', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let providerId: string;
  let integrationId: string;
  let directory: Directory;
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    integrationId = (await newIntegration(gateway)).id;
    const settings = { issuer: issuer.url, ...CLIENT, label: 'Okta', integrationIds: [integrationId] };
    providerId = (await gateway.api('POST', '/login-providers', settings)).json<{ id: string }>().id;
    directory = new Directory(gateway);
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });
  afterEach(() => {
    issuer.lie = (claims) => claims;
    issuer.forge = (token) => token;
  });

  const addUser = (externalId: string, more: Partial<UserRecord> = {}, where = integrationId): UserRecord =>
    directory.add(where, externalId, more);
  const start = async (browser: Browser, query = '', provider = providerId): Promise<URL> => {
    const answer = await browser.get(`/login/start/${provider}${query}`);
    expect(answer.statusCode).toBe(302);
    return new URL(answer.headers.location ?? '');
  };
  const comeBack = (browser: Browser, query: URLSearchParams, provider = providerId) =>
    browser.get(`/login/callback/${provider}?${query.toString()}`);
  const login = async (browser: Browser, subject: string, query = '') =>
    comeBack(browser, issuer.login(await start(browser, query), subject));
  const loggedIn = async (subject: string): Promise<Browser> => {
    const browser = new Browser(gateway);
    expect((await login(browser, subject)).statusCode).toBe(303);
    return browser;
  };
  const leave = (user: UserRecord, name: 'user.deactivated' | 'user.deleted' = 'user.deactivated'): Event =>
    departure(integrationId, { ...user, version: user.version + 1 }, name);
  const isIn = async (browser: Browser) => (await browser.api('GET', '/me')).statusCode === 200;

  it('shows a button for each provider', async () => {
    expect((await new Browser(gateway).get('/login?returnTo=/catalog')).body).toContain(
      `<a class="button" href="/login/start/${providerId}?returnTo=%2Fcatalog">Sign in with Okta</a>`,
    );
  });

  it('uses one connection for unauthenticated requests', async () => {
    const database = gateway.app.get(Database);
    const kept = database.unscoped.bind(database);
    let [running, most] = [0, 0];
    database.unscoped = async (work) => {
      most = Math.max(most, ++running);
      return kept(work).finally(() => running--);
    };
    try {
      const paths = Array.from({ length: 40 }, () => ['/login', `/login/start/${uuidv7()}`]).flat();
      const answers = await Promise.all(paths.map((path) => new Browser(gateway).get(path)));
      expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 404]));
    } finally {
      database.unscoped = kept;
    }
    expect(most).toBeLessThan(10); // including background work of the gateway
  });

  it('sends PKCE, state, nonce and only the scope openid', async () => {
    const url = await start(new Browser(gateway));
    const { state, nonce, code_challenge: challenge, ...rest } = Object.fromEntries(url.searchParams);
    expect([state, nonce, challenge].every((text) => /^[\w-]{43}$/.test(text ?? ''))).toBe(true);
    expect(rest).toEqual({
      client_id: CLIENT.clientId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${ORIGIN}/login/callback/${providerId}`,
      code_challenge_method: 'S256',
    });
  });

  it('logs an active user in as a member, by its Okta id', async () => {
    const subject = newSubject();
    const user = addUser(subject);
    const browser = new Browser(gateway);
    const answer = await login(browser, subject, '?returnTo=/requests');
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/requests']);
    expect((await browser.api('GET', '/me')).json()).toMatchObject({
      issuer: issuer.url,
      subject,
      roles: { member: [integrationId], auditor: [], admin: [] },
      users: { [integrationId]: user.id },
    });
  });

  it('refuses a person without user and role', async () => {
    const browser = new Browser(gateway);
    const answer = await login(browser, newSubject());
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(answer.body).toContain('No access');
    expect(await isIn(browser)).toBe(false);
  });

  it('links no user by e-mail, user name or Tidegate id', async () => {
    const known = newSubject();
    const user = addUser(known);
    const email = `${known}@example.com`;
    issuer.lie = (claims) => ({ ...claims, email, email_verified: true });
    for (const subject of [email, user.id, '1', 'admin', '" or externalId pr or "'])
      expect([subject, (await login(new Browser(gateway), subject)).statusCode]).toEqual([subject, 403]);
  });

  it('links no user when two have the same Okta id, and no access for an inactive one', async () => {
    const [double, inactive] = [newSubject(), newSubject()];
    addUser(double);
    addUser(double);
    addUser(inactive, { active: false });
    expect((await login(new Browser(gateway), double)).statusCode).toBe(403);
    expect((await login(new Browser(gateway), inactive)).statusCode).toBe(403);
  });

  it('searches only the integrations of the provider', async () => {
    const elsewhere = (await newIntegration(gateway)).id;
    const subject = newSubject();
    addUser(subject, {}, elsewhere);
    expect((await login(new Browser(gateway), subject)).statusCode).toBe(403);
  });

  it('does not move a link after a change of externalId', async () => {
    const subject = newSubject();
    const user = addUser(subject);
    await loggedIn(subject);
    user.attributes = { ...user.attributes, externalId: 'another' };
    const thief = addUser(subject);
    const browser = await loggedIn(subject);
    expect((await browser.api('GET', '/me')).json().users).toEqual({ [integrationId]: user.id });
    const other = await login(new Browser(gateway), 'another');
    expect([other.statusCode, thief.active]).toEqual([403, true]);
  });

  it('links the successor of a deleted user, without the rights of that user', async () => {
    const subject = newSubject();
    const old = addUser(subject);
    await loggedIn(subject);
    const given = { integrationId, userId: old.id, role: 'auditor', integrationIds: [integrationId] };
    expect((await gateway.api('POST', '/role-assignments', given)).statusCode).toBe(201);
    expect((await (await loggedIn(subject)).api('GET', '/me')).json().roles.auditor).toEqual([integrationId]);
    directory.remove(integrationId, old);
    expect((await login(new Browser(gateway), subject)).statusCode).toBe(403);
    const next = addUser(subject);
    expect((await (await loggedIn(subject)).api('GET', '/me')).json()).toMatchObject({
      users: { [integrationId]: next.id },
      roles: { auditor: [] },
    });
  });

  it.each<[string, (claims: Record<string, unknown>) => Record<string, unknown>]>([
    ['another nonce', (claims) => ({ ...claims, nonce: 'x' })],
    ['no nonce', ({ nonce: _, ...claims }) => claims],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' })],
    ['another audience', (claims) => ({ ...claims, aud: 'another-client' })],
    [
      'several audiences and another authorized party',
      (claims) => ({ ...claims, aud: [CLIENT.clientId, 'x'], azp: 'x' }),
    ],
    ['expired', (claims) => ({ ...claims, exp: Number(claims['exp']) - 120 })],
    ['no expiry', ({ exp: _, ...claims }) => claims],
    ['no subject', ({ sub: _, ...claims }) => claims],
    ['the hash of another access token', (claims) => ({ ...claims, at_hash: 'x' })],
  ])('refuses an ID token with %s', async (_, lie) => {
    const subject = newSubject();
    addUser(subject);
    issuer.lie = lie;
    const browser = new Browser(gateway);
    const answer = await login(browser, subject);
    expect([answer.statusCode, await isIn(browser)]).toEqual([400, false]);
    expect(answer.body).toContain('The login provider sent an invalid response or none.');
    expect(gateway.log.at(-1) ?? '').not.toContain(subject);
  });

  it.each<[string, (token: string) => string]>([
    ['changed after it was signed', (token) => token.replace(/\.[^.]+\./, (claims) => `${claims.slice(0, -3)}AA.`)],
    ['not signed', (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`],
    ['signed with an unknown key', (token) => `${token.slice(0, -8)}AAAAAAAA`],
    ['no token', () => 'x'],
  ])('refuses an ID token that is %s', async (_, forge) => {
    const subject = newSubject();
    addUser(subject);
    issuer.forge = forge;
    expect((await login(new Browser(gateway), subject)).statusCode).toBe(400);
  });

  it('refuses tokens that contain their own key, or are signed with a public value', async () => {
    const { keys } = (await (await fetch(`${issuer.url}/keys`)).json()) as { keys: [JsonWebKey & { kid: string }] };
    const [{ kid, ...published }] = keys;
    const pem = createPublicKey({ key: published, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const thief = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const again = (token: string, head: object, seal: (content: string) => Buffer) => {
      const content = `${part(head)}.${token.split('.')[1]}`;
      return `${content}.${seal(content).toString('base64url')}`;
    };
    const hmac = (key: string | Buffer) => (content: string) => createHmac('sha256', key).update(content).digest();
    const stolen = (content: string) => sign('sha256', Buffer.from(content), thief.privateKey);
    const jwk = thief.publicKey.export({ format: 'jwk' });
    const forgeries: ((token: string) => string)[] = [
      (token) => again(token, { alg: 'HS256', kid }, hmac(pem)),
      (token) => again(token, { alg: 'HS256', kid }, hmac(CLIENT.clientSecret)),
      (token) => again(token, { alg: 'RS256', kid, jwk }, stolen),
      (token) => again(token, { alg: 'RS256', kid: '../../dev/null' }, stolen),
      (token) => again(token, { alg: 'RS256', jku: 'https://evil.example/keys', kid: 'x' }, stolen),
      (token) => again(token, { alg: 'none', kid }, () => Buffer.alloc(0)),
    ];
    const subject = newSubject();
    addUser(subject);
    for (const forge of forgeries) {
      issuer.forge = forge;
      const answer = await login(new Browser(gateway), subject);
      expect([forge.toString(), answer.statusCode]).toEqual([forge.toString(), 400]);
    }
  });

  it('tolerates a clock skew of some seconds', async () => {
    const subject = newSubject();
    addUser(subject);
    issuer.lie = (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 10 });
    await loggedIn(subject);
  });

  it('works after a key rotation of the issuer', async () => {
    const subject = newSubject();
    addUser(subject);
    await loggedIn(subject);
    issuer.rotateKeys();
    await loggedIn(subject);
  });

  it('accepts a response only once, in the same browser, with its state and from the same issuer', async () => {
    const subject = newSubject();
    addUser(subject);
    const browser = new Browser(gateway);
    const answer = issuer.login(await start(browser), subject);
    const changed = (change: Record<string, string | undefined>) => {
      const query = new URLSearchParams(answer);
      for (const [name, value] of Object.entries(change))
        if (value === undefined) query.delete(name);
        else query.set(name, value);
      return query;
    };
    const ticket = browser.cookie('__Host-tidegate_login')!;
    expect((await comeBack(new Browser(gateway), answer)).statusCode).toBe(400);
    for (const change of [{ state: 'x' }, { state: undefined }, { iss: 'https://evil.example' }, { iss: undefined }]) {
      const attempt = new Browser(gateway);
      const url = await start(attempt);
      const query = issuer.login(url, subject);
      for (const [name, value] of changed(change)) if (name in change) query.set(name, value);
      for (const [name, value] of Object.entries(change)) if (value === undefined) query.delete(name);
      const refused = await comeBack(attempt, query);
      expect([change, refused.statusCode]).toEqual([change, 400]);
    }
    expect((await comeBack(browser, answer)).statusCode).toBe(303);
    browser.setCookie('__Host-tidegate_login', ticket);
    expect((await comeBack(browser, answer)).statusCode).toBe(400);
    browser.setCookie('__Host-tidegate_login', `${ticket.slice(0, -2)}AA`);
    expect((await comeBack(browser, answer)).statusCode).toBe(400);
  });

  it('shows a refusal of the provider as a page', async () => {
    const browser = new Browser(gateway);
    const url = await start(browser);
    const state = url.searchParams.get('state')!;
    const refused = await comeBack(browser, new URLSearchParams({ error: 'access_denied', state, iss: issuer.url }));
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
  });

  it('refuses logins while the directory does not respond', async () => {
    const subject = newSubject();
    addUser(subject);
    const { 'users.get': kept, ...others } = gateway.transport.handlers;
    gateway.transport.handlers = others;
    try {
      const browser = new Browser(gateway);
      expect((await login(browser, subject)).statusCode).toBe(503);
      expect(await isIn(browser)).toBe(false);
    } finally {
      if (kept) gateway.transport.handlers['users.get'] = kept;
    }
  });

  it.each(['user.deactivated', 'user.deleted'] as const)('ends every session of a user at %s', async (name) => {
    const subject = newSubject();
    const user = addUser(subject);
    const [desk, phone] = [await loggedIn(subject), await loggedIn(subject)];
    expect([await isIn(desk), await isIn(phone)]).toEqual([true, true]);
    expect(await gateway.transport.publish(leave(user, name))).toEqual({ outcome: 'done' });
    const rows = await gateway.app
      .get(Database)
      .unscoped((tx) => tx.rows('SELECT id FROM gateway.sessions WHERE subject = $1', [subject]));
    expect(rows).toEqual([]);
    await eventually(async () => expect([await isIn(desk), await isIn(phone)]).toEqual([false, false]));
  });

  it('refuses a user who is deactivated during the login', async () => {
    const subject = newSubject();
    const user = addUser(subject);
    await loggedIn(subject);
    const browser = new Browser(gateway);
    const query = issuer.login(await start(browser), subject);
    // Identity returns an active user before the event of the deactivation.
    const { 'users.get': kept } = gateway.transport.handlers;
    gateway.transport.handlers['users.get'] = () => user;
    await gateway.transport.publish(leave(user));
    const answer = await comeBack(browser, query);
    if (kept) gateway.transport.handlers['users.get'] = kept;
    expect([answer.statusCode, await isIn(browser)]).toEqual([403, false]);
  });

  it('ends roles with the user, also after a reactivation', async () => {
    const subject = newSubject();
    const user = addUser(subject);
    const role = { issuer: issuer.url, subject, role: 'admin' };
    expect((await gateway.api('POST', '/role-assignments', role)).statusCode).toBe(201);
    expect((await (await loggedIn(subject)).api('GET', '/me')).json().roles.admin).toBeNull();
    Object.assign(user, { active: false, version: 2 });
    await gateway.transport.publish(leave({ ...user, version: 1 }));
    expect((await login(new Browser(gateway), subject)).statusCode).toBe(403);
    Object.assign(user, { active: true, version: 3 });
    const browser = await loggedIn(subject);
    expect((await browser.api('GET', '/me')).json().roles).toMatchObject({ member: [integrationId], admin: [] });
    expect((await gateway.api('POST', '/role-assignments', role)).statusCode).toBe(201);
    await eventually(async () => expect((await browser.api('GET', '/me')).json().roles.admin).toBeNull());
  });

  it('ends the session of an administrator from before the push of the user, when Okta deactivates the user', async () => {
    const subject = newSubject();
    await gateway.api('POST', '/role-assignments', { issuer: issuer.url, subject, role: 'admin' });
    const browser = await loggedIn(subject);
    const user = addUser(subject);
    expect(await isIn(browser)).toBe(true);
    Object.assign(user, { active: false, version: 2 });
    await gateway.transport.publish(leave({ ...user, version: 1 }));
    await eventually(async () => expect(await isIn(browser)).toBe(false));
    expect((await login(new Browser(gateway), subject)).statusCode).toBe(403);
  });

  it('keeps the session of a person who is a user of another integration', async () => {
    const { id } = await newIntegration(gateway);
    const bind = (integrationIds: string[]) =>
      gateway.api('PATCH', `/login-providers/${providerId}`, { integrationIds, confirm: 'Okta' });
    await bind([integrationId, id]);
    try {
      const subject = newSubject();
      const [left, stays] = [addUser(subject), addUser(subject, {}, id)];
      const browser = await loggedIn(subject);
      Object.assign(left, { active: false, version: 2 });
      await gateway.transport.publish(leave({ ...left, version: 1 }));
      const roles = { member: [id], auditor: [], admin: [] };
      await eventually(async () =>
        expect((await browser.api('GET', '/me')).json()).toMatchObject({ roles, users: { [id]: stays.id } }),
      );
    } finally {
      await bind([integrationId]);
    }
  });

  it('ends sessions of inactive users and administrators even without an event', async () => {
    const [inactive, deleted, admin, stays] = [newSubject(), newSubject(), newSubject(), newSubject()];
    const role = { issuer: issuer.url, subject: admin, role: 'admin' };
    expect((await gateway.api('POST', '/role-assignments', role)).statusCode).toBe(201);
    const [left, gone] = [addUser(inactive), addUser(deleted), addUser(stays)];
    const browsers = await Promise.all([inactive, deleted, admin, stays].map(loggedIn));
    const inside = () => Promise.all(browsers.map(isIn));
    addUser(admin, { active: false });
    Object.assign(left, { active: false, version: 2 });
    directory.remove(integrationId, gone);
    expect(await inside()).toEqual([true, true, true, true]);
    await gateway.app.get(DeactivationSweep).sweep();
    await eventually(async () => expect(await inside()).toEqual([false, false, false, true]));
  });

  it('ends a role when the user is inactive at the first login, until it is assigned again', async () => {
    const subject = newSubject();
    await gateway.api('POST', '/role-assignments', { issuer: issuer.url, subject, role: 'admin' });
    const user = addUser(subject, { active: false });
    expect((await login(new Browser(gateway), subject)).statusCode).toBe(403);
    Object.assign(user, { active: true, version: 2 });
    const browser = await loggedIn(subject);
    expect((await browser.api('GET', '/me')).json().roles.admin).toEqual([]);
    await gateway.api('POST', '/role-assignments', { issuer: issuer.url, subject, role: 'admin' });
    await eventually(async () => expect((await browser.api('GET', '/me')).json().roles.admin).toBeNull());
  });

  it('moves the link from an inactive user to the active one that Okta pushed in its place', async () => {
    const subject = newSubject();
    addUser(subject, { active: false });
    expect((await login(new Browser(gateway), subject)).statusCode).toBe(403);
    const next = addUser(subject);
    const browser = await loggedIn(subject);
    expect((await browser.api('GET', '/me')).json().users).toEqual({ [integrationId]: next.id });
  });

  it('links users again after their integration gets another issuer', async () => {
    const { id } = await newIntegration(gateway);
    const second = await Issuer.start();
    try {
      const subject = newSubject();
      const user = addUser(subject, {}, id);
      const bind = (integrationIds: string[]) =>
        gateway.api('PATCH', `/login-providers/${providerId}`, { integrationIds, confirm: 'Okta' });
      await bind([integrationId, id]);
      const browser = await loggedIn(subject);
      expect((await browser.api('GET', '/me')).json().users).toEqual({ [id]: user.id });
      await bind([integrationId]);
      await eventually(async () => expect(await isIn(browser)).toBe(false));
      const former = (await newIntegration(gateway)).id;
      const settings = { issuer: second.url, ...CLIENT, label: 'Second', integrationIds: [former] };
      const made = (await gateway.api('POST', '/login-providers', settings)).json<{ id: string }>();
      await gateway.api('PATCH', `/login-providers/${made.id}`, { integrationIds: [id] });
      const other = new Browser(gateway);
      const query = second.login(await start(other, '', made.id), subject);
      expect((await comeBack(other, query, made.id)).statusCode).toBe(303);
      expect((await other.api('GET', '/me')).json()).toMatchObject({ issuer: second.url, users: { [id]: user.id } });
    } finally {
      await second.close();
    }
  });

  it('requires a recent authentication to view credentials', async () => {
    const subject = newSubject();
    const given = { issuer: issuer.url, subject, role: 'admin', integrationIds: [integrationId] };
    expect((await gateway.api('POST', '/role-assignments', given)).statusCode).toBe(201);
    const longAgo = Math.floor(Date.now() / 1000) - 3600;
    issuer.lie = (claims) => ({ ...claims, auth_time: longAgo });
    const browser = await loggedIn(subject);
    const path = `/integrations/${integrationId}/tokens`;
    expect((await browser.api('POST', path, {})).json()).toMatchObject({ type: 'urn:tidegate:problem:login-again' });
    const again = await start(browser, '?again=1&returnTo=/x');
    expect(Object.fromEntries(again.searchParams)).toMatchObject({ prompt: 'login', max_age: '600' });
    expect((await comeBack(browser, issuer.login(again, subject))).statusCode).toBe(400);
    issuer.lie = ({ auth_time: _, ...claims }) => claims;
    expect((await login(browser, subject, '?again=1')).statusCode).toBe(400);
    issuer.lie = (claims) => claims;
    expect((await login(browser, subject, '?again=1')).statusCode).toBe(303);
    expect((await browser.api('POST', path, {})).statusCode).toBe(201);
  });

  it('ends the sessions of a deleted provider, after a confirmation with its label', async () => {
    const second = await Issuer.start();
    try {
      const settings = { issuer: second.url, ...CLIENT, label: 'Second' };
      const { id } = (await gateway.api('POST', '/login-providers', settings)).json<{ id: string }>();
      const subject = newSubject();
      await gateway.api('POST', '/role-assignments', { issuer: second.url, subject, role: 'auditor' });
      const browser = new Browser(gateway);
      const back = await comeBack(browser, second.login(await start(browser, '', id), subject), id);
      expect([back.statusCode, await isIn(browser)]).toEqual([303, true]);
      for (const confirm of ['', '?confirm=second']) {
        const refused = await gateway.api('DELETE', `/login-providers/${id}${confirm}`);
        const detail = expect.stringMatching(/end 1 session and end 1 role\. .* label of the login provider/);
        expect([refused.statusCode, refused.json().detail]).toEqual([409, detail]);
      }
      expect(await isIn(browser)).toBe(true);
      expect((await gateway.api('DELETE', `/login-providers/${id}?confirm=Second`)).statusCode).toBe(204);
      expect((await gateway.api('DELETE', `/login-providers/${id}?confirm=Second`)).statusCode).toBe(404);
      await eventually(async () => expect(await isIn(browser)).toBe(false));
      expect((await new Browser(gateway).get(`/login/start/${id}`)).statusCode).toBe(404);
    } finally {
      await second.close();
    }
  });

  it('ends the access of an integration that a provider no longer has, after a confirmation with its label', async () => {
    const { id } = await newIntegration(gateway);
    const path = `/login-providers/${providerId}`;
    const bind = (more: object) => gateway.api('PATCH', path, { integrationIds: [integrationId], ...more });
    expect((await bind({ integrationIds: [integrationId, id] })).statusCode).toBe(200);
    const [member, admin] = [newSubject(), newSubject()];
    addUser(member, {}, id);
    const role = { issuer: issuer.url, subject: admin, integrationId: id, role: 'admin', integrationIds: [id] };
    expect((await gateway.api('POST', '/role-assignments', role)).statusCode).toBe(201);
    const [browser, dan] = [await loggedIn(member), await loggedIn(admin)];
    const stays = { name: 'stays', scopes: ['access:read'], integrationIds: [integrationId] };
    expect((await gateway.api('POST', '/api-keys', stays)).statusCode).toBe(201);
    const key = { name: 'stops', scopes: ['access:read'], integrationIds: [id] };
    expect((await dan.api('POST', '/api-keys', key)).statusCode).toBe(201);
    for (const more of [{}, { confirm: 'okta' }, { label: 'New', confirm: 'New' }]) {
      const refused = await bind(more);
      const detail = expect.stringMatching(
        /end the logins of 1 user, end 1 role and stop 1 API key\. .* label of the login provider in the field confirm/,
      );
      expect([refused.statusCode, refused.json().detail]).toEqual([409, detail]);
    }
    const kept = (await gateway.api('GET', path)).json<{ integrationIds: string[]; label: string }>();
    expect([kept.label, kept.integrationIds.length, await isIn(browser)]).toEqual(['Okta', 2, true]);
    expect((await bind({ confirm: 'Okta' })).statusCode).toBe(200);
    await eventually(async () => expect([await isIn(browser), await isIn(dan)]).toEqual([false, false]));
    // Now nobody depends on it, and other fields need no confirmation.
    expect([(await bind({})).statusCode, (await gateway.api('PATCH', path, { label: 'Okta' })).statusCode]).toEqual([
      200, 200,
    ]);
  });

  it('never returns the client secret, and stores it encrypted', async () => {
    const shown = await gateway.api('GET', '/login-providers');
    expect(shown.json().items[0]).toMatchObject({
      id: providerId,
      issuer: issuer.url,
      redirectUri: `${ORIGIN}/login/callback/${providerId}`,
      integrationIds: [integrationId],
    });
    const rows = await gateway.app
      .get(Database)
      .unscoped((tx) => tx.rows<object>('SELECT * FROM gateway.login_providers'));
    const kept = rows.map((row) => (row as { client_secret: Buffer }).client_secret.toString('latin1')).join('');
    for (const text of [shown.body, kept, gateway.log.join('')]) expect(text).not.toContain(CLIENT.clientSecret);
  });

  it('accepts only valid issuers, and one provider for each', async () => {
    const settings = { ...CLIENT, label: 'x', issuer: issuer.url };
    const issuers = ['nonsense', 'ftp://x.example', `${issuer.url}/nothing`, 'http://example.com', `${issuer.url}?a=b`];
    for (const url of issuers)
      expect([url, await wrongFields(gateway, 'POST', '/login-providers', { ...settings, issuer: url })]).toEqual([
        url,
        ['issuer'],
      ]);
    expect((await gateway.api('POST', '/login-providers', settings)).statusCode).toBe(409);
    const liar = await Issuer.start();
    try {
      liar.pretend = (metadata) => ({ ...metadata, issuer: issuer.url });
      expect(await wrongFields(gateway, 'POST', '/login-providers', { ...settings, issuer: liar.url })).toEqual([
        'issuer',
      ]);
      liar.pretend = (metadata) => metadata;
      const bound = { ...settings, issuer: liar.url, integrationIds: [integrationId] };
      expect((await gateway.api('POST', '/login-providers', bound)).statusCode).toBe(409);
      const unknown = { ...bound, integrationIds: [uuidv7()] };
      expect(await wrongFields(gateway, 'POST', '/login-providers', unknown)).toEqual(['integrationIds']);
    } finally {
      await liar.close();
    }
  });

  it('sends no requests to private networks, unless the operator allows it', async () => {
    const strict = await openGateway({ publicUrl: ORIGIN, privateIssuers: false });
    try {
      const asked = issuer.asked.length;
      for (const url of [
        issuer.url,
        issuer.url.replace('http:', 'https:'),
        'https://localhost:1',
        'https://169.254.169.254',
        'https://[::ffff:10.0.0.1]',
        'https://0x7f.1',
        'https://127.0.0.1.',
        'https://[64:ff9b::a00:1]',
        'https://[64:ff9b:1::a00:1]',
        'https://[2002:a00:1::]',
        'https://[::ffff:0:10.0.0.1]',
        'https://[2001:0:a00:1::]',
        'https://[fec0::1]',
      ]) {
        const answer = await strict.api('POST', '/login-providers', { ...CLIENT, label: 'x', issuer: url });
        expect([url, answer.statusCode, answer.json().errors]).toMatchObject([url, 400, [{ field: 'issuer' }]]);
        expect(answer.json().errors[0].message).toMatch(/private network|https/);
      }
      expect(issuer.asked).toHaveLength(asked);
    } finally {
      await strict.close();
    }
  });
});
