import { type GrantRecord } from '@tidegate/contracts';
import { OktaApp } from '../app.js';
import { AdminApi, ApiFailure, type IntegrationView } from '../demo/admin-api.js';
import { MAIN_USERS } from '../demo/context.js';
import { until } from '../demo/until.js';
import { Organization } from '../organization.js';
import { ScimClient } from '../scim-client.js';

const GROUP = 'On-call';
const FLOW = 'On-call access';
const HOUR = 3_600;
const MAX_INTEGRATIONS = 100;

export interface FirstStepsOptions {
  /** URL of the gateway: `http://127.0.0.1:3000`. */
  baseUrl: string;
  apiKey: string;
  /** Receives the output, a line at a time. */
  print: (line: string) => void;
  /** Called before Okta deactivates alice; the steps go on when it resolves. */
  pause: () => Promise<void>;
  /** How long a step waits for the expected state before it fails. */
  timeoutSeconds?: number;
}

/** What the steps created; variables of a shell. */
export interface FirstSteps {
  INTEGRATION: string;
  ALICE: string;
  GROUP: string;
  FLOW: string;
  GRANT: string;
}

/**
 * Shows the life of a grant with a simulated Okta: users and a group arrive over SCIM, alice gets a membership for an hour,
 * and loses it when Okta deactivates her. Each run creates an integration of its own.
 *
 * @throws ApiFailure or ScimFailure for a refused call; Error when the expected state is not reached in time
 */
export async function runFirstSteps(options: FirstStepsOptions): Promise<FirstSteps> {
  const { baseUrl, apiKey, print, pause, timeoutSeconds = 60 } = options;
  const api = new AdminApi(baseUrl, apiKey);
  const integration = await createIntegration(api);
  const { token } = await api.createToken(integration.id);
  print(`1  An administrator connects Okta: the integration "${integration.name}".`);

  const client = new ScimClient({ baseUrl: `${baseUrl}/scim/v2/${integration.id}`, token });
  try {
    const okta = new OktaApp('oin', client);
    const organization = new Organization();
    const people = MAIN_USERS.map((name) => organization.addPerson(`${name}@acme.example`, capitalized(name), 'Acme'));
    const alice = people[0]!;
    for (const person of people) await okta.users.assign(person);
    const group = organization.addGroup(GROUP, []);
    await okta.groups.push(group);
    const failed = okta.tasks.failed[0];
    if (failed) throw new Error(`Okta could not push: ${failed.label}: ${failed.detail}`);
    const [ALICE, GROUP_ID] = [okta.users.idOf(alice), okta.groups.idOf(group)];
    print(`2  Okta pushes ${MAIN_USERS.join(', ')} and the group ${GROUP}, which has no members.`);

    const known = <T>(work: () => Promise<T>) => whenKnown(work, timeoutSeconds);
    const flow = await known(() =>
      api.createFlow({
        integrationId: integration.id,
        name: FLOW,
        eligibility: { kind: 'everyone' },
        groupIds: [GROUP_ID],
        maxDurationSeconds: 4 * HOUR,
        steps: [],
      }),
    );
    print(`3  An administrator creates the access flow "${FLOW}": up to 4 hours, no approval.`);

    const wanted = { flowId: flow.id, groupId: GROUP_ID, durationSeconds: HOUR, justification: 'first steps' };
    await known(() => api.createRequest({ ...wanted, userId: ALICE }));
    const grant = await untilStatus(api, ALICE, 'active', timeoutSeconds);
    print(`4  alice requests ${GROUP} for an hour, and gets it.`);
    print(`   ${await membersLine(api, integration.id, GROUP_ID)}`);
    await pause();

    const deactivated = await okta.users.deactivate(alice);
    if (!deactivated) throw new Error('Okta could not deactivate alice');
    const respondedAt = performance.now();
    const ended = await untilStatus(api, ALICE, 'ended', timeoutSeconds);
    const milliseconds = Math.round(performance.now() - respondedAt);
    print(`5  Okta deactivates alice. ${milliseconds} ms after the response, the grant has ended.`);
    print(`   ${await membersLine(api, integration.id, GROUP_ID)}`);
    print('');
    for (const line of summary(ended)) print(line);
    return { INTEGRATION: integration.id, ALICE, GROUP: GROUP_ID, FLOW: flow.id, GRANT: grant.id };
  } finally {
    client.close();
  }
}

/** Names of integrations are unique: the second run creates `First steps 2`. */
async function createIntegration(api: AdminApi): Promise<IntegrationView & { name: string }> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? 'First steps' : `First steps ${n}`;
    try {
      return { ...(await api.createIntegration(name, 'first-steps.okta.com')), name };
    } catch (error) {
      if (!(error instanceof ApiFailure && error.status === 409) || n === MAX_INTEGRATIONS) throw error;
    }
  }
}

/** Repeats a call that is refused because access-flow has not handled the events of new users and groups yet. */
async function whenKnown<T>(work: () => Promise<T>, timeoutSeconds: number): Promise<T> {
  const attempt = () =>
    work().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  const isUnknown = (error: unknown) => error instanceof ApiFailure && [400, 404].includes(error.status);
  const outcome = await until(attempt, (tried) => 'value' in tried || !isUnknown(tried.error), timeoutSeconds);
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** @throws Error when the only grant of the user does not reach the status in time */
async function untilStatus(
  api: AdminApi,
  userId: string,
  status: 'active' | 'ended',
  timeoutSeconds: number,
): Promise<GrantRecord> {
  const reached = (grant: GrantRecord | undefined) => grant?.status === status;
  const grant = await until(async () => (await api.grants(userId))[0], reached, timeoutSeconds, 5);
  if (!grant || !reached(grant)) throw new Error(`The grant of alice is ${grant?.status ?? 'missing'}, not ${status}.`);
  return grant;
}

async function membersLine(api: AdminApi, integrationId: string, groupId: string): Promise<string> {
  const members = await api.members(integrationId, groupId);
  const names = members.map(
    ({ userName, sources, endsAt }) =>
      `${userName}, by ${sources.join(' and ')}${endsAt ? `, until ${clock(endsAt)}` : ''}`,
  );
  return `Members of ${GROUP}: ${names.join('; ') || 'none'}`;
}

/** @returns the grant as a table of two lines */
function summary(grant: GrantRecord): string[] {
  const cells = [
    ['user', 'alice@acme.example'],
    ['group', GROUP],
    ['status', grant.status],
    ['reason', grant.endReason ?? ''],
    ['granted', clock(grant.createdAt)],
    ['until', clock(grant.endsAt)],
    ['ended', clock(grant.endedAt)],
  ] as const;
  const line = (column: 0 | 1) => cells.map((cell) => cell[column].padEnd(Math.max(cell[0].length, cell[1].length)));
  return [`   ${line(0).join('  ')}`.trimEnd(), `   ${line(1).join('  ')}`.trimEnd()];
}

/** @returns the local time of day */
const clock = (time: string | null) => (time ? new Date(time).toTimeString().slice(0, 8) : '');

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
