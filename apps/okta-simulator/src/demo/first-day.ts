import { randomBytes } from 'node:crypto';
import { OktaApp } from '../app.js';
import { Organization } from '../organization.js';
import { ScimClient } from '../scim-client.js';
import { AdminApi } from './admin-api.js';
import { accessFlows, requestAndApprove, grantBriefly } from './access.steps.js';
import { type DemoContext } from './context.js';
import { deactivations, expiry, type Revocation, reactivations } from './deactivation.steps.js';
import { groups } from './groups.steps.js';
import { connection, people } from './people.steps.js';
import { StepRunner, DemoAborted, type StepResult } from './step-runner.js';

/** Number of steps of the demo when none throws. */
export const FIRST_DAY_STEPS = 28;

export interface FirstDayOptions {
  /** URL of the gateway: `http://127.0.0.1:3000`. */
  baseUrl: string;
  apiKey: string;
  /** Receives one line per step. */
  print: (line: string) => void;
  /** Called at the start of each step with its name and the number of steps before it. */
  started?: (step: string, finished: number) => void;
  /** Duration of the grant that expires. */
  shortGrantSeconds?: number;
  /** How long a step waits for the expected state before it fails. */
  timeoutSeconds?: number;
}

export interface FirstDay {
  /** Whether all steps succeeded. */
  ok: boolean;
  rows: StepResult[];
  /** Measured times of the revocations. */
  revocations: Revocation[];
}

/**
 * Runs the demo against a running Tidegate over HTTP: provisioning by Okta, requests and grants, two deactivations, an
 * expiry. Creates a new integration, so that it can run repeatedly against the same system.
 *
 * @returns the results of the steps; a step that throws is the last one
 */
export async function playFirstDay(options: FirstDayOptions): Promise<FirstDay> {
  const { apiKey, print, shortGrantSeconds = 60, timeoutSeconds = 60 } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const runner = new StepRunner(print, options.started);
  const clients: ScimClient[] = [];
  let revocations: Revocation[] = [];
  try {
    const api = new AdminApi(baseUrl, apiKey);
    const { id, token } = await integrate(runner, api);
    const connect = (kind: 'oin' | 'aiw') => {
      const client = new ScimClient({ baseUrl: `${baseUrl}/scim/v2/${id}`, token });
      clients.push(client);
      return new OktaApp(kind, client);
    };
    const context: DemoContext = {
      runner,
      api,
      integrationId: id,
      organization: new Organization(),
      catalog: connect('oin'),
      wizard: connect('aiw'),
      timeoutSeconds,
    };
    await connection(context);
    await people(context);
    await groups(context);
    const flows = await accessFlows(context);
    await grantBriefly(context, flows, shortGrantSeconds);
    await requestAndApprove(context, flows);
    revocations = await deactivations(context);
    await reactivations(context);
    await expiry(context, shortGrantSeconds);
  } catch (error) {
    if (!(error instanceof DemoAborted)) throw error;
    print(error.message);
  } finally {
    for (const client of clients) client.close();
  }
  return { ok: runner.rows.every((row) => row.ok), rows: runner.rows, revocations };
}

async function integrate(runner: StepRunner, api: AdminApi): Promise<{ id: string; token: string }> {
  const { id } = await runner.step(
    'an administrator adds the Okta integration',
    'initializing',
    // Names of integrations are unique, and the demo may run repeatedly against one system.
    () => api.createIntegration(`Acme ${randomBytes(4).toString('hex')}`, 'acme.okta.com'),
    (integration) => integration.status,
  );
  const { token } = await runner.step(
    'an administrator creates a token for Okta',
    'a token',
    () => api.createToken(id),
    (created) => (typeof created.token === 'string' && created.token !== '' ? 'a token' : 'no token'),
  );
  return { id, token };
}
