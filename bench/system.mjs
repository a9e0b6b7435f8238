import { randomBytes } from 'node:crypto';
import { freePort } from '../dist/libs/testing/src/ports.js';
import { AdminApi } from '../dist/apps/okta-simulator/src/demo/admin-api.js';
import { start } from './processes.mjs';

/**
 * Starts gateway, identity and access-flow as three processes and connects one integration.
 * @param {{ databaseUrl: string, amqpUrl: string, profileFolder?: string }} where
 */
export async function startSystem({ databaseUrl, amqpUrl, profileFolder }) {
  const apiKey = randomBytes(32).toString('base64url');
  const [port, identityPort, accessFlowPort] = [await freePort(), await freePort(), await freePort()];
  const shared = { DATABASE_URL: databaseUrl, AMQP_URL: amqpUrl };
  const processes = [];
  const run = async (app, opsPort, env) => {
    const readyUrl = `http://127.0.0.1:${opsPort}/readyz`;
    processes.push(await start(`dist/apps/${app}/src/main.js`, { ...shared, ...env }, readyUrl, profileFolder));
  };
  const stop = async () => {
    for (const process of processes.reverse()) await process.stop();
  };
  try {
    await run('identity', identityPort, { OPS_PORT: String(identityPort) });
    await run('access-flow', accessFlowPort, { OPS_PORT: String(accessFlowPort) });
    await run('gateway', port, { PORT: String(port), TIDEGATE_API_KEY: apiKey });
    const baseUrl = `http://127.0.0.1:${port}`;
    const api = new AdminApi(baseUrl, apiKey);
    const integration = await api.createIntegration('Benchmark', 'acme.okta.com');
    const { token } = await api.createToken(integration.id);
    const scim = new Scim(`${baseUrl}/scim/v2/${integration.id}`, token);
    return { api, integrationId: integration.id, scim, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Calls SCIM as Okta does. */
class Scim {
  constructor(url, token) {
    this.url = url;
    this.headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  }

  /** @returns the answer's body, read to its end; @throws when the answer is not 2xx */
  async send(method, path, body) {
    const response = await fetch(this.url + path, { method, headers: this.headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.detail}`);
    return answer;
  }
}
