import { Refusal } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { Browser, ORIGIN } from './browser.js';
import { type TestGateway, newIntegration, openGateway, userRecord } from './harness.js';
import { CLIENT, Issuer } from './issuer.js';

interface Provider {
  id: string;
  redirectUri: string;
}

/** Attacks on logins: malicious providers, replayed responses, and floods. */
describe('the login by OpenID Connect under attack', () => {
  let gateway: TestGateway;
  let [honest, malicious]: Issuer[] = [];
  let [honestProvider, maliciousProvider]: Provider[] = [];
  beforeAll(async () => {
    gateway = await openGateway({ publicUrl: ORIGIN });
    [honest, malicious] = [await Issuer.start(), await Issuer.start()];
    for (const issuer of [honest, malicious]) issuer.sendsIss = false;
    honestProvider = await add(honest);
    maliciousProvider = await add(malicious);
    honest.redirectUris = [honestProvider.redirectUri];
    gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
    gateway.transport.handlers['users.get'] = () => {
      throw new Refusal('notFound', 'No such user.');
    };
    const role = { issuer: honest.url, subject: 'boss', role: 'admin' };
    expect((await gateway.api('POST', '/role-assignments', role)).statusCode).toBe(201);
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all([honest?.close(), malicious?.close()]);
  });

  const add = async (issuer: Issuer, more: object = {}): Promise<Provider> => {
    const made = await gateway.api('POST', '/login-providers', {
      issuer: issuer.url,
      ...CLIENT,
      label: 'Okta',
      ...more,
    });
    expect(made.statusCode).toBe(201);
    return made.json<Provider>();
  };
  const start = async (browser: Browser, { id }: Provider): Promise<URL> => {
    const answer = await browser.get(`/login/start/${id}`);
    expect(answer.statusCode).toBe(302);
    return new URL(answer.headers.location ?? '');
  };
  const comeBack = (browser: Browser, { redirectUri }: Provider, query: URLSearchParams) =>
    browser.get(`${new URL(redirectUri).pathname}?${query.toString()}`);
  const isIn = async (browser: Browser) => (await browser.api('GET', '/me')).statusCode === 200;

  it('sends a code only to the provider that issued it (mix-up attack)', async () => {
    const [attacker, victim] = [new Browser(gateway), new Browser(gateway)];
    const attackersLogin = await start(attacker, honestProvider!);
    const victimsLogin = await start(victim, maliciousProvider!);
    // The authorization endpoint of the malicious provider redirects the victim to the honest one.
    const forged = new URL(attackersLogin);
    forged.searchParams.set('state', victimsLogin.searchParams.get('state')!);
    const answer = honest!.login(forged, 'boss');
    const { statusCode } = await comeBack(victim, honestProvider!, answer);
    expect([statusCode, await isIn(victim)]).toEqual([400, false]);
    // With the code, the attacker could finish a login as the victim.
    const code = malicious!.received.at(-1) ?? 'none';
    const state = attackersLogin.searchParams.get('state')!;
    const replayed = await comeBack(attacker, honestProvider!, new URLSearchParams({ code, state }));
    expect([replayed.statusCode, await isIn(attacker)]).toEqual([400, false]);
    expect(malicious!.received).toEqual([]);
  });

  it('uses a separate redirect URI for each provider', async () => {
    expect(honestProvider).toMatchObject({ redirectUri: `${ORIGIN}/login/callback/${honestProvider!.id}` });
    const browser = new Browser(gateway);
    const authorization = await start(browser, honestProvider!);
    expect(authorization.searchParams.get('redirect_uri')).toBe(honestProvider!.redirectUri);
    const answer = honest!.login(authorization, 'boss');
    expect((await browser.get(`/login/callback?${answer.toString()}`)).statusCode).toBe(404);
    expect((await comeBack(browser, honestProvider!, answer)).statusCode).toBe(303);
  });

  it('refuses a response without iss from a provider that announces it, before using the code', async () => {
    const naming = await Issuer.start();
    try {
      const provider = await add(naming);
      for (const iss of [undefined, honest!.url, '']) {
        const browser = new Browser(gateway);
        const answer = naming.login(await start(browser, provider), 'boss');
        answer.delete('iss');
        if (iss !== undefined) answer.set('iss', iss);
        expect([iss, (await comeBack(browser, provider, answer)).statusCode]).toEqual([iss, 400]);
      }
      expect(naming.received).toEqual([]);
    } finally {
      await naming.close();
    }
  });

  it('starts no login from a page of another site', async () => {
    const from = async (site: string) => {
      const headers = { 'sec-fetch-site': site };
      return (await new Browser(gateway).send('GET', `/login/start/${honestProvider!.id}`, headers)).statusCode;
    };
    expect([await from('cross-site'), await from('same-origin'), await from('none')]).toEqual([403, 302, 302]);
  });

  it('sends one token request per login, however often the browser returns', async () => {
    const browser = new Browser(gateway);
    const state = (await start(browser, honestProvider!)).searchParams.get('state')!;
    const cookie = `__Host-tidegate_login=${browser.cookie('__Host-tidegate_login')}`;
    const before = honest!.received.length;
    const attempt = async (code: string) => {
      const query = new URLSearchParams({ code, state }).toString();
      const path = `${new URL(honestProvider!.redirectUri).pathname}?${query}`;
      return (await gateway.request('GET', path, { headers: { cookie } })).statusCode;
    };
    const answers = await Promise.all(Array.from({ length: 20 }, (_, count) => attempt(`guess ${count}`)));
    expect(new Set([...answers, await attempt('another guess')])).toEqual(new Set([400]));
    expect(honest!.received).toHaveLength(before + 1);
  });

  it('limits concurrent requests per provider, and a slow one delays no other', async () => {
    const back = async (provider: Provider, issuer: Issuer) => {
      const browser = new Browser(gateway);
      return { browser, provider, answer: issuer.login(await start(browser, provider), 'boss') };
    };
    const many = await Promise.all(Array.from({ length: 30 }, () => back(maliciousProvider!, malicious!)));
    const one = await back(honestProvider!, honest!);
    const before = malicious!.received.length;
    let answerAll = () => {};
    malicious!.gate = new Promise((resolve) => (answerAll = resolve));
    const all = many.map(({ browser, provider, answer }) => comeBack(browser, provider, answer));
    await eventually(() => expect(malicious!.received.length).toBeGreaterThan(before));
    expect((await comeBack(one.browser, one.provider, one.answer)).statusCode).toBe(303);
    expect(malicious!.received.length - before).toBeLessThanOrEqual(10);
    answerAll();
    await Promise.all(all);
  });

  it('limits the logins per minute of one network, not of others', async () => {
    const behindProxy = await openGateway({ publicUrl: ORIGIN, trustProxy: true });
    try {
      const from = async (address: string) => {
        const headers = { 'x-forwarded-for': address };
        return (await behindProxy.request('GET', `/login/start/${uuidv7()}`, { headers })).statusCode;
      };
      const statuses: number[] = [];
      while (statuses.at(-1) !== 429 && statuses.length < 1_000)
        statuses.push(...(await Promise.all(Array.from({ length: 50 }, () => from('203.0.113.9')))));
      expect(new Set(statuses)).toEqual(new Set([404, 429]));
      expect([await from('203.0.113.77'), await from('198.51.100.9')]).toEqual([429, 404]);
    } finally {
      await behindProxy.close();
    }
  });

  it('limits the logins of one network behind an untrusted proxy, not of others behind it', async () => {
    const plain = await openGateway({ publicUrl: ORIGIN });
    try {
      const from = async (address: string) => {
        const headers = { 'x-forwarded-for': address };
        return (await plain.request('GET', `/login/start/${uuidv7()}`, { headers })).statusCode;
      };
      // In parts, because a gateway on a slow machine refuses lookups that wait too long.
      const many = async (count: number, address: (i: number) => string) => {
        const statuses: number[] = [];
        while (statuses.length < count) {
          const part = Array.from({ length: Math.min(50, count - statuses.length) }, (_, i) => statuses.length + i);
          statuses.push(...(await Promise.all(part.map((i) => from(address(i))))));
        }
        return statuses;
      };
      const statuses = await many(310, () => '203.0.113.9:4711');
      expect(statuses.filter((status) => status === 404)).toHaveLength(300);
      expect([await from('203.0.113.77'), await from('198.51.100.9')]).toEqual([429, 404]);
      const madeUp = await many(1_510, (i) => `10.${i >> 8}.${i & 255}.1`);
      expect(madeUp.filter((status) => status === 404)).toHaveLength(1_499);
    } finally {
      await plain.close();
    }
  });

  it('refuses an empty subject', async () => {
    const { id } = await newIntegration(gateway);
    expect(
      (await gateway.api('PATCH', `/login-providers/${honestProvider!.id}`, { integrationIds: [id] })).statusCode,
    ).toBe(200);
    const nameless = userRecord({ attributes: { userName: 'erin@example.com', externalId: '' } });
    const kept = gateway.transport.handlers;
    gateway.transport.handlers = {
      ...kept,
      'users.list': () => ({ totalResults: 1, items: [nameless] }),
      'users.get': () => nameless,
    };
    try {
      const browser = new Browser(gateway);
      const answer = await comeBack(browser, honestProvider!, honest!.login(await start(browser, honestProvider!), ''));
      expect([answer.statusCode, await isIn(browser)]).toEqual([400, false]);
    } finally {
      gateway.transport.handlers = kept;
    }
  });
});
