import { createHash } from 'node:crypto';
import { Database } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { hashOf, newSecret } from '../src/http/bearer.rule.js';
import { newToken } from '../src/credentials/token-format.rule.js';
import { LifecycleWorker } from '../src/integrations/lifecycle.worker.js';
import { TokenExpiry } from '../src/credentials/token-expiry.worker.js';
import { type TestGateway, newIntegration, openGateway, type TestIntegration, wrongFields } from './harness.js';
import { asOwner, dump } from './owner.js';

const DAY_MS = 86_400_000;

interface TokenJson {
  id: string;
  token: string;
  status: string;
  description: string | null;
  expiresAt: string | null;
  lastUsedAt: string | null;
  lastUsedFrom: string | null;
  successorId: string | null;
}

describe('SCIM tokens', () => {
  let gateway: TestGateway;
  let integration: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
    integration = await newIntegration(gateway);
  });

  const path = (more = '') => `/integrations/${integration.id}/tokens${more}`;
  const create = (body?: object) => gateway.api('POST', path(), body);
  const rotate = (id: string, body?: object) => gateway.api('POST', path(`/${id}/rotate`), body);
  const list = async () => (await gateway.api('GET', path())).json<{ items: TokenJson[] }>().items;
  const comesIn = async (token: string, at = gateway) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await at.request('GET', `/scim/v2/${integration.id}/Users`, { headers })).statusCode;
  };
  const setEnd = (id: string, interval: string) =>
    asOwner(gateway, (query) =>
      query('UPDATE gateway.scim_tokens SET expires_at = now() + $2::interval WHERE id = $1', [id, interval]),
    );

  it('contain a prefix, their id and a checksum, which is verified before a lookup', async () => {
    const { id, token } = (await rotate(integration.tokenId)).json<TokenJson>();
    expect(token).toMatch(new RegExp(`^tgs_${id.replaceAll('-', '')}_[\\w-]{43}_[0-9a-f]{8}$`));
    expect(await comesIn(token)).toBe(200);
    const asked = jest.spyOn(gateway.app.get(Database), 'transaction');
    const last = token.endsWith('0') ? '1' : '0';
    for (const wrong of [token.slice(0, -1) + last, token.slice(0, -1), `${token}0`, token.toUpperCase()])
      expect(await comesIn(wrong)).toBe(401);
    expect(asked).not.toHaveBeenCalled();
    expect(await comesIn(newToken('tgs_', id))).toBe(401);
    expect(asked).toHaveBeenCalled();
    asked.mockRestore();
  });

  it('are stored as keyed hashes, which cannot be computed from the database alone', async () => {
    expect(await comesIn(integration.token)).toBe(200);
    const kept = await dump(gateway);
    expect(kept).toContain(integration.tokenId);
    const sha256 = createHash('sha256').update(integration.token).digest('hex');
    for (const text of [integration.token, integration.token.slice(37, -9), sha256]) expect(kept).not.toContain(text);
    expect(gateway.log.join('\n')).not.toContain(integration.token.slice(37, -9));
  });

  it('in the former format stay valid and expire like all others', async () => {
    const [id, old] = [uuidv7(), newSecret('tgs_')];
    await asOwner(gateway, (query) =>
      query('INSERT INTO gateway.scim_tokens (id, integration_id, hash, hint) VALUES ($1, $2, $3, $4)', [
        id,
        integration.id,
        hashOf(old),
        old.slice(-4),
      ]),
    );
    expect(await comesIn(old)).toBe(200);
    expect((await list()).find((token) => token.id === id)).toMatchObject({ status: 'active', expiresAt: null });
    await gateway.api('DELETE', path(`/${id}`));
    await eventually(async () => expect(await comesIn(old)).toBe(401));
  });

  it('are at most two per integration, also with concurrent calls', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => create()));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409, 409]);
    const refused = answers.find(({ statusCode }) => statusCode === 409)!.json<{ detail: string }>();
    expect(refused.detail).toMatch(/at most 2 valid tokens\. Revoke one first/);
    expect(await list()).toHaveLength(2);
    await setEnd(integration.tokenId, '-1 second');
    expect((await create()).statusCode).toBe(201);
    expect((await list()).map(({ status }) => status).sort()).toEqual(['active', 'active', 'expired']);
  });

  it('are rotated: both are valid until the old one expires', async () => {
    const made = await rotate(integration.tokenId, { overlapSeconds: 3600, description: 'the new one' });
    expect(made.statusCode).toBe(201);
    const fresh = made.json<TokenJson>();
    expect(fresh).toMatchObject({ description: 'the new one', status: 'active', successorId: null });
    expect([await comesIn(integration.token), await comesIn(fresh.token)]).toEqual([200, 200]);
    const old = (await list()).find(({ id }) => id === integration.tokenId)!;
    expect(old.successorId).toBe(fresh.id);
    expect(Date.parse(old.expiresAt!) - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect((await rotate(fresh.id)).statusCode).toBe(409);
    await setEnd(integration.tokenId, '-1 second');
    await eventually(async () => expect(await comesIn(integration.token)).toBe(401));
    expect(await comesIn(fresh.token)).toBe(200);
    expect((await rotate(integration.tokenId)).json<{ detail: string }>().detail).toMatch(/has expired/);
  });

  it('are not extended by a rotation, and expire immediately without overlap', async () => {
    await setEnd(integration.tokenId, '1 minute');
    await rotate(integration.tokenId, { overlapSeconds: 86_400 });
    const [old] = await list();
    expect(Date.parse(old!.expiresAt!) - Date.now()).toBeLessThanOrEqual(60_000);
    const second = (await list())[1]!;
    await gateway.api('DELETE', path(`/${integration.tokenId}`));
    await rotate(second.id, { overlapSeconds: 0 });
    expect((await list()).find(({ id }) => id === second.id)!.status).toBe('expired');
  });

  it('can be rotated only in their own integration', async () => {
    const other = await newIntegration(gateway);
    expect((await rotate(other.tokenId)).statusCode).toBe(404);
    expect((await rotate(uuidv7())).statusCode).toBe(404);
    expect((await other.scim('GET', '/Users')).statusCode).toBe(200);
  });

  it('expire after a year, at a given time, or never', async () => {
    const [first] = await list();
    expect(Math.round((Date.parse(first!.expiresAt!) - Date.now()) / DAY_MS)).toBe(365);
    const never = (await create({ expiresAt: null })).json<TokenJson>();
    expect(never.expiresAt).toBeNull();
    await gateway.api('DELETE', path(`/${never.id}`));
    const at = new Date(Date.now() + DAY_MS).toISOString();
    expect((await create({ expiresAt: at })).json<TokenJson>().expiresAt).toBe(at);
  });

  it('are not created with an invalid field, which is reported', async () => {
    for (const expiresAt of ['tomorrow', '2026-01-02', '2020-01-02T03:04:05Z', '2099-01-02T03:04:05Z', 7, ''])
      expect(await wrongFields(gateway, 'POST', path(), { expiresAt })).toEqual(['expiresAt']);
    for (const overlapSeconds of [-1, 2_592_001, 1.5, 'x', null])
      expect(await wrongFields(gateway, 'POST', path(`/${integration.tokenId}/rotate`), { overlapSeconds })).toEqual([
        'overlapSeconds',
      ]);
    expect(await list()).toHaveLength(1);
  });

  it('report the time and network of the last use, but no address', async () => {
    const from = (remoteAddress: string) =>
      gateway.request('GET', `/scim/v2/${integration.id}/Users`, {
        headers: { authorization: integration.token },
        remoteAddress,
      });
    expect((await from('203.0.113.77')).statusCode).toBe(200);
    const [used] = await list();
    expect(used!.lastUsedFrom).toBe('203.0.113.0/24');
    expect(Math.abs(Date.parse(used!.lastUsedAt!) - Date.now())).toBeLessThan(60_000);
    await asOwner(gateway, (query) =>
      query(`UPDATE gateway.scim_tokens SET last_used_at = now() - interval '61 seconds' WHERE id = $1`, [
        integration.tokenId,
      ]),
    );
    await eventually(async () => {
      await from('2001:db8:7::1');
      expect((await list())[0]!.lastUsedFrom).toBe('2001:db8:7::/48');
    });
    expect(await dump(gateway)).not.toContain('203.0.113.77');
  });

  it('are refused on every gateway within a second after revocation or expiry', async () => {
    const other = await openGateway({ databaseUrl: gateway.databaseUrl });
    try {
      other.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
      const second = (await create()).json<TokenJson>();
      for (const at of [gateway, other])
        expect([await comesIn(integration.token, at), await comesIn(second.token, at)]).toEqual([200, 200]);
      await gateway.api('DELETE', path(`/${integration.tokenId}`));
      await setEnd(second.id, '0 seconds');
      for (const at of [gateway, other])
        for (const token of [integration.token, second.token])
          await eventually(async () => expect(await comesIn(token, at)).toBe(401));
    } finally {
      await other.close();
    }
  });

  it('that expire soon are logged once 30, 7 and 1 days before, unless they have a successor', async () => {
    const expiry = gateway.app.get(TokenExpiry);
    const logged = () =>
      gateway.log
        .map((line) => JSON.parse(line) as { msg: string; credentialId?: string; days?: number })
        .filter(({ msg, credentialId }) => msg === 'A SCIM token expires soon' && credentialId === integration.tokenId)
        .map(({ days }) => days);
    await expiry.warn();
    expect(logged()).toEqual([]);
    for (const interval of ['29 days', '6 days', '5 days', '1 hour']) {
      await setEnd(integration.tokenId, interval);
      await Promise.all([expiry.warn(), expiry.warn()]);
    }
    expect(logged()).toEqual([30, 7, 1]);

    const replaced = await newIntegration(gateway);
    await gateway.api('POST', `/integrations/${replaced.id}/tokens/${replaced.tokenId}/rotate`, { overlapSeconds: 60 });
    await expiry.warn();
    expect(gateway.log.some((line) => line.includes(`"credentialId":"${replaced.tokenId}"`))).toBe(false);
  });

  it('that expire soon give their integration the status warning, until they are rotated and the new one is used', async () => {
    const reason = async () => {
      await gateway.app.get(LifecycleWorker).updateOnce();
      const { status, statusReason } = (await gateway.api('GET', `/integrations/${integration.id}`)).json<{
        status: string;
        statusReason: { code: string };
      }>();
      return [status, statusReason.code];
    };
    expect(await comesIn(integration.token)).toBe(200);
    expect(await reason()).toEqual(['active', 'connected']);
    await setEnd(integration.tokenId, '6 days');
    expect(await reason()).toEqual(['warning', 'credential_expiring']);
    const fresh = (await rotate(integration.tokenId)).json<TokenJson>();
    expect(await reason()).toEqual(['warning', 'credential_expiring']);
    expect(await comesIn(fresh.token)).toBe(200);
    expect(await reason()).toEqual(['active', 'connected']);
  });

  it('report the time to the first expiry in a metric', async () => {
    const alone = await openGateway();
    try {
      const { id } = await newIntegration(alone);
      const value = async () => {
        const text = await alone.metrics();
        return Number(/^tidegate_scim_token_expiry_seconds\{[^}]*\} (\S+)$/m.exec(text)?.[1]);
      };
      await eventually(async () => expect(Math.round((await value()) / 86_400)).toBe(365));
      await asOwner(alone, (query) =>
        query(`UPDATE gateway.scim_tokens SET expires_at = now() + interval '2 days' WHERE integration_id = $1`, [id]),
      );
      await eventually(async () => expect(Math.round((await value()) / 86_400)).toBe(2));
      expect(await alone.metrics()).not.toContain(id);
    } finally {
      await alone.close();
    }
  });
});
