import { type GrantRecord } from '@tidegate/contracts';
import { type OktaApp } from '../app.js';
import { byScim, type Day, effectiveMembers, inOkta, person, untilMembers, userId } from './day.js';
import { until } from './until.js';

/** How fast the grants of one person ended, counted from the 200 of the deactivation. */
export interface Revocation {
  userName: string;
  grants: number;
  /** Until a reader of `/api/v1` saw that the end of the last grant was decided. */
  decidedMilliseconds: number;
  /** Until a reader of `/api/v1` saw that the last grant had ended. */
  endedMilliseconds: number;
  /** The same by the record, `revokingAt` and `endedAt`; below zero when it was done before the 200 arrived. */
  recordedDecidedMilliseconds: number;
  recordedEndedMilliseconds: number;
}

const live = (grant: GrantRecord) => grant.status !== 'ended';
const undecided = (grant: GrantRecord) => live(grant) && grant.status !== 'revoking';

/** Okta deactivates alice by PATCH and bob by PUT: everything they borrowed is taken back. */
export async function departures(day: Day): Promise<Revocation[]> {
  const revocations = [
    await departure(day, 'alice', 'PATCH', day.catalog, 1),
    await departure(day, 'bob', 'PUT', day.wizard, 2),
  ];
  await day.story.step(
    'neither is in a borrowed group in effect',
    `${byScim('carol')}; ${byScim('person18', 'person19', 'person22')}`,
    async () => [await effectiveMembers(day, 'Production access'), await effectiveMembers(day, 'Finance')],
    (found) => found.join('; '),
  );
  return revocations;
}

async function departure(day: Day, name: string, verb: string, app: OktaApp, count: number): Promise<Revocation> {
  const ended = await day.story.step(
    `Okta deactivates ${name} by ${verb}: every grant ends`,
    Array<string>(count).fill('ended: user_deactivated').join(', '),
    async () => {
      await inOkta(app, app.users.deactivate(person(day, name)));
      return measure(day, name, performance.now(), Date.now());
    },
    ({ grants }) => grants.map((grant) => `${grant.status}: ${grant.endReason ?? 'no reason'}`).join(', '),
    ({ revocation }) =>
      `decided ${revocation.decidedMilliseconds} ms, ended ${revocation.endedMilliseconds} ms after the 200`,
  );
  return ended.revocation;
}

/** @param answeredAt when the 200 arrived, by the monotonic clock. @param answeredTime the same moment as wall time */
async function measure(day: Day, name: string, answeredAt: number, answeredTime: number) {
  const read = () => day.api.grants(userId(day, name));
  await until(read, (grants) => !grants.some(undecided), day.patienceSeconds, 5);
  const decidedMilliseconds = Math.round(performance.now() - answeredAt);
  const grants = await until(read, (found) => !found.some(live), day.patienceSeconds, 5);
  const endedMilliseconds = Math.round(performance.now() - answeredAt);
  const last = (times: (string | null)[]) => Math.max(...times.map((time) => Date.parse(time ?? ''))) - answeredTime;
  const revocation: Revocation = {
    userName: person(day, name).profile.userName,
    grants: grants.length,
    decidedMilliseconds,
    endedMilliseconds,
    recordedDecidedMilliseconds: last(grants.map((grant) => grant.revokingAt)),
    recordedEndedMilliseconds: last(grants.map((grant) => grant.endedAt)),
  };
  return { grants, revocation };
}

/** Okta reactivates both: the pushed groups count again, and nothing that was borrowed comes back. */
export async function returns(day: Day): Promise<void> {
  const { story, api, catalog, wizard } = day;
  await story.step(
    'Okta reactivates alice and bob',
    'active, active',
    async () => {
      await inOkta(catalog, catalog.users.reactivate(person(day, 'alice')));
      await inOkta(wizard, wizard.users.reactivate(person(day, 'bob')));
      return Promise.all(['alice', 'bob'].map((name) => catalog.client.send('GET', `/Users/${userId(day, name)}`)));
    },
    (users) => users.map((user) => (user?.['active'] === true ? 'active' : 'not active')).join(', '),
  );
  await story.step(
    'they are back in Engineering, which Okta pushed, and nothing borrowed is restored',
    'alice and bob in Engineering; live grants: 0; borrowed: none',
    async () => {
      const members = await until(
        () => effectiveMembers(day, 'Engineering'),
        (found) => /\balice by scim\b.*\bbob by scim\b/.test(found),
        day.patienceSeconds,
      );
      const back = ['alice', 'bob'].filter((name) => members.includes(`${name} by scim`));
      const grants = (await Promise.all(['alice', 'bob'].map((name) => api.grants(userId(day, name))))).flat();
      const requestable = await Promise.all(
        ['Production access', 'On-call', 'Finance'].map((name) => effectiveMembers(day, name)),
      );
      const granted = requestable.join(', ').match(/\b(alice|bob) by [a-z ]+/g) ?? [];
      return `${back.join(' and ')} in Engineering; live grants: ${grants.filter(live).length}; borrowed: ${granted.join(', ') || 'none'}`;
    },
    String,
  );
}

/** dan's short grant runs out without anybody doing anything. */
export async function expiry(day: Day, seconds: number): Promise<void> {
  const { story, api } = day;
  const read = async () => (await api.grants(userId(day, 'dan')))[0];
  const grant = await read();
  const left = Math.max(0, Math.round((Date.parse(grant?.endsAt ?? '') - Date.now()) / 1000));
  if (grant && live(grant)) story.print(`       dan's grant has ${left} of its ${seconds} seconds left`);
  await story.step(
    'the short grant of dan ends by itself, not before its time',
    'ended: expired; not before its time',
    () => until(read, (found) => found === undefined || !live(found), seconds + day.patienceSeconds, 100),
    (found) => {
      const when = lateness(found) >= 0 ? 'not before its time' : 'before its time';
      return `${found?.status ?? 'no grant'}: ${found?.endReason ?? 'no reason'}; ${when}`;
    },
    (found) => `${lateness(found)} ms after its time`,
  );
  const others = byScim('carol', 'person07', 'person09');
  await story.step('dan is out of On-call', others, () => untilMembers(day, 'On-call', others), String);
}

/** @returns milliseconds between the time a grant had and its end; NaN while it lives */
function lateness(grant: GrantRecord | undefined): number {
  return Date.parse(grant?.endedAt ?? '') - Date.parse(grant?.endsAt ?? '');
}
