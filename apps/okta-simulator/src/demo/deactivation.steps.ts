import { type GrantRecord } from '@tidegate/contracts';
import { type OktaApp } from '../app.js';
import { byScim, type DemoContext, effectiveMembers, runTasks, person, untilMembers, userId } from './context.js';
import { until } from './until.js';

/** Time until the grants of one person ended, from the 200 response to the deactivation. */
export interface Revocation {
  userName: string;
  grants: number;
  /** Until `/api/v1` showed all grants as revoking or ended. */
  decidedMilliseconds: number;
  /** Until `/api/v1` showed all grants as ended. */
  endedMilliseconds: number;
  /** By the stored `revokingAt` and `endedAt`; negative if that was before the 200 arrived. */
  recordedDecidedMilliseconds: number;
  recordedEndedMilliseconds: number;
}

const live = (grant: GrantRecord) => grant.status !== 'ended';
const notRevoked = (grant: GrantRecord) => live(grant) && grant.status !== 'revoking';

/** Okta deactivates alice by PATCH and bob by PUT, and all their grants end. */
export async function deactivations(context: DemoContext): Promise<Revocation[]> {
  const revocations = [
    await deactivate(context, 'alice', 'PATCH', context.catalog, 1),
    await deactivate(context, 'bob', 'PUT', context.wizard, 2),
  ];
  await context.runner.step(
    'neither is an effective member of the requested groups',
    `${byScim('carol')}; ${byScim('person18', 'person19', 'person22')}`,
    async () => [await effectiveMembers(context, 'Production access'), await effectiveMembers(context, 'Finance')],
    (members) => members.join('; '),
  );
  return revocations;
}

async function deactivate(
  context: DemoContext,
  name: string,
  verb: string,
  app: OktaApp,
  count: number,
): Promise<Revocation> {
  const ended = await context.runner.step(
    `Okta deactivates ${name} by ${verb}: every grant ends`,
    Array<string>(count).fill('ended: user_deactivated').join(', '),
    async () => {
      await runTasks(app, app.users.deactivate(person(context, name)));
      return measure(context, name, performance.now(), Date.now());
    },
    ({ grants }) => grants.map((grant) => `${grant.status}: ${grant.endReason ?? 'no reason'}`).join(', '),
    ({ revocation }) =>
      `decided ${revocation.decidedMilliseconds} ms, ended ${revocation.endedMilliseconds} ms after the 200`,
  );
  return ended.revocation;
}

/** @param respondedAt arrival of the 200 by the monotonic clock. @param respondedTime the same as wall time */
async function measure(context: DemoContext, name: string, respondedAt: number, respondedTime: number) {
  const read = () => context.api.grants(userId(context, name));
  await until(read, (grants) => !grants.some(notRevoked), context.timeoutSeconds, 5);
  const decidedMilliseconds = Math.round(performance.now() - respondedAt);
  const grants = await until(read, (found) => !found.some(live), context.timeoutSeconds, 5);
  const endedMilliseconds = Math.round(performance.now() - respondedAt);
  const last = (times: (string | null)[]) => Math.max(...times.map((time) => Date.parse(time ?? ''))) - respondedTime;
  const revocation: Revocation = {
    userName: person(context, name).profile.userName,
    grants: grants.length,
    decidedMilliseconds,
    endedMilliseconds,
    recordedDecidedMilliseconds: last(grants.map((grant) => grant.revokingAt)),
    recordedEndedMilliseconds: last(grants.map((grant) => grant.endedAt)),
  };
  return { grants, revocation };
}

/** Okta reactivates both: pushed memberships are effective again, and no grant is restored. */
export async function reactivations(context: DemoContext): Promise<void> {
  const { runner, api, catalog, wizard } = context;
  await runner.step(
    'Okta reactivates alice and bob',
    'active, active',
    async () => {
      await runTasks(catalog, catalog.users.reactivate(person(context, 'alice')));
      await runTasks(wizard, wizard.users.reactivate(person(context, 'bob')));
      return Promise.all(['alice', 'bob'].map((name) => catalog.client.send('GET', `/Users/${userId(context, name)}`)));
    },
    (users) => users.map((user) => (user?.['active'] === true ? 'active' : 'not active')).join(', '),
  );
  await runner.step(
    'both are in the pushed group Engineering again, and no grant is restored',
    'alice and bob in Engineering; live grants: 0; granted: none',
    async () => {
      const members = await until(
        () => effectiveMembers(context, 'Engineering'),
        (found) => /\balice by scim\b.*\bbob by scim\b/.test(found),
        context.timeoutSeconds,
      );
      const pushed = ['alice', 'bob'].filter((name) => members.includes(`${name} by scim`));
      const grants = (await Promise.all(['alice', 'bob'].map((name) => api.grants(userId(context, name))))).flat();
      const requestable = await Promise.all(
        ['Production access', 'On-call', 'Finance'].map((name) => effectiveMembers(context, name)),
      );
      const granted = requestable.join(', ').match(/\b(alice|bob) by [a-z ]+/g) ?? [];
      return `${pushed.join(' and ')} in Engineering; live grants: ${grants.filter(live).length}; granted: ${granted.join(', ') || 'none'}`;
    },
    String,
  );
}

/** The short grant of dan expires. */
export async function expiry(context: DemoContext, seconds: number): Promise<void> {
  const { runner, api } = context;
  const read = async () => (await api.grants(userId(context, 'dan')))[0];
  const grant = await read();
  const left = Math.max(0, Math.round((Date.parse(grant?.endsAt ?? '') - Date.now()) / 1000));
  if (grant && live(grant))
    runner.print(`       waiting ${left} seconds until dan's grant of ${seconds} seconds expires`);
  await runner.step(
    'the short grant of dan expires, not before its time',
    'ended: expired; not before its time',
    () => until(read, (current) => current === undefined || !live(current), seconds + context.timeoutSeconds, 100),
    (found) => {
      const when = lateness(found) >= 0 ? 'not before its time' : 'before its time';
      return `${found?.status ?? 'no grant'}: ${found?.endReason ?? 'no reason'}; ${when}`;
    },
    (found) => `${lateness(found)} ms after its time`,
  );
  const others = byScim('carol', 'person07', 'person09');
  await runner.step(
    'dan is no longer a member of On-call',
    others,
    () => untilMembers(context, 'On-call', others),
    String,
  );
}

/** @returns milliseconds from `endsAt` to `endedAt`; NaN for a grant that has not ended */
function lateness(grant: GrantRecord | undefined): number {
  return Date.parse(grant?.endedAt ?? '') - Date.parse(grant?.endsAt ?? '');
}
