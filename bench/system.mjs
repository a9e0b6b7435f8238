import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../dist/libs/testing/src/ports.js';
import { AdminApi } from '../dist/apps/okta-simulator/src/demo/admin-api.js';
import { start } from './processes.mjs';

/**
 * Starts gateway, identity and access-flow as three processes and connects one integration.
 * @param {{ databaseUrl: string, amqpUrl: string, profileFolder?: string }} where
 */
export async function startSystem({ databaseUrl, amqpUrl, profileFolder }) {
  const apiKey = randomBytes(32).toString('base64url');
  const port = await freePort();
  const [gatewayPort, identityPort, accessFlowPort] = [await freePort(), await freePort(), await freePort()];
  const shared = { DATABASE_URL: databaseUrl, AMQP_URL: amqpUrl };
  const processes = [];
  const probes = {};
  const run = async (app, opsPort, env) => {
    const readyUrl = `http://127.0.0.1:${opsPort}/readyz`;
    const process = await start(`dist/apps/${app}/src/main.js`, { ...shared, ...env }, readyUrl, profileFolder);
    processes.push(process);
    probes[app] = process.probe;
  };
  const stop = async () => {
    for (const process of processes.reverse()) await process.stop();
  };
  try {
    await run('identity', identityPort, { OPS_PORT: String(identityPort) });
    await run('access-flow', accessFlowPort, { OPS_PORT: String(accessFlowPort) });
    await run('gateway', gatewayPort, { PORT: String(port), OPS_PORT: String(gatewayPort), TIDEGATE_API_KEY: apiKey });
    const baseUrl = `http://127.0.0.1:${port}`;
    const api = new AdminApi(baseUrl, apiKey);
    const connect = async (name) => {
      const { id } = await api.createIntegration(name, 'acme.okta.com');
      const { token } = await api.createToken(id);
      return { integrationId: id, scim: new Scim(`${baseUrl}/scim/v2/${id}`, token) };
    };
    const watched = {
      gateway: `http://127.0.0.1:${gatewayPort}/metrics`,
      identity: `http://127.0.0.1:${identityPort}/metrics`,
    };
    return { api, ...(await connect('Benchmark')), connect, probes, watchHeaps: () => watchHeaps(watched), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Watches the heap usage of each service.
 * @param {Record<string, string>} urls of the metrics of each service
 * @returns {Promise<{ stop: () => Promise<Record<string, { before: number, most: number }>> }>} megabytes
 */
async function watchHeaps(urls) {
  const initial = Object.fromEntries(
    await Promise.all(Object.keys(urls).map(async (name) => [name, await heapOf(name)])),
  );
  const heaps = Object.fromEntries(Object.entries(initial).map(([name, used]) => [name, { before: used, most: used }]));
  let watching = true;
  const watch = async (name) => {
    while (watching) {
      heaps[name].most = Math.max(heaps[name].most, await heapOf(name));
      await pause(20);
    }
  };
  const done = Promise.all(Object.keys(urls).map(watch));
  const stop = async () => {
    watching = false;
    await done;
    return heaps;
  };
  return { stop };

  async function heapOf(name) {
    const text = await (await fetch(urls[name])).text();
    return Number(/^nodejs_heap_size_used_bytes\S* (\S+)$/m.exec(text)[1]) / 1_000_000;
  }
}

/** Calls SCIM like Okta. */
class Scim {
  constructor(url, token) {
    this.url = url;
    this.headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  }

  /** Sends a body that is already a string. @returns the status, after reading the whole response */
  async status(method, path, text) {
    const response = await fetch(this.url + path, { method, headers: this.headers, body: text });
    await response.arrayBuffer();
    return response.status;
  }

  /** @returns the body of the response; undefined without one. @throws Error when the response is not 2xx */
  async send(method, path, body) {
    const response = await fetch(this.url + path, { method, headers: this.headers, body: JSON.stringify(body) });
    const text = await response.text();
    const answer = text === '' ? undefined : JSON.parse(text);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer?.detail}`);
    return answer;
  }
}
