import { type FlowSettings } from '@tidegate/contracts';
import { ApiFailure } from './admin-api.js';
import {
  byScim,
  type Day,
  effectiveMembers,
  group,
  groupId,
  inOkta,
  nameOf,
  person,
  untilActive,
  untilMembers,
  userId,
} from './day.js';

/** The rules under which groups may be borrowed: the ids of the two flows. */
export interface Flows {
  automatic: string;
  approved: string;
}

const HOUR = 3600;

/** An administrator writes two access flows. */
export async function accessFlows(day: Day): Promise<Flows> {
  const { story, api, integrationId } = day;
  const create = (settings: Pick<FlowSettings, 'name' | 'groupIds' | 'approval'>) =>
    api.createFlow({
      ...settings,
      integrationId,
      enabled: true,
      requesters: { kind: 'everyone' },
      maxDurationSeconds: 8 * HOUR,
    });
  return story.step(
    'an administrator writes two access flows: one automatic, one on the word of carol',
    '2 flows',
    async () => {
      const automatic = await create({
        name: 'Everyday work',
        groupIds: [groupId(day, 'On-call'), groupId(day, 'Finance')],
        approval: { kind: 'automatic' },
      });
      const approved = await create({
        name: 'Production on approval',
        groupIds: [groupId(day, 'Production access')],
        approval: { kind: 'one_approver', approverIds: [userId(day, 'carol')] },
      });
      return { automatic: automatic.id, approved: approved.id };
    },
    (flows) => `${new Set(Object.values(flows)).size} flows`,
  );
}

/** dan borrows On-call for a short time; the story looks at it again at its end. */
export async function shortGrant(day: Day, flows: Flows, seconds: number): Promise<void> {
  await day.story.step(
    `dan borrows On-call for ${seconds} seconds`,
    'active',
    async () => {
      await ask(day, flows.automatic, 'dan', 'On-call', seconds);
      return untilActive(day, 'dan', 1);
    },
    (grants) => grants.map((grant) => grant.status).join(', '),
  );
}

/** alice borrows on approval, bob borrows two groups, and Okta's "Push Now" takes nothing away. */
export async function granting(day: Day, flows: Flows): Promise<void> {
  const { story, api, catalog } = day;
  await story.step(
    'erin, who has left, asks for a group',
    'refused',
    () => refusal(() => ask(day, flows.automatic, 'erin', 'Finance', HOUR)),
    String,
  );
  const request = await story.step(
    'alice asks for Production access for an hour',
    'pending',
    () => ask(day, flows.approved, 'alice', 'Production access', HOUR),
    ({ status }) => status,
  );
  await story.step(
    'bob, who is no approver, approves it',
    'refused',
    () => refusal(() => api.approve(request.id, userId(day, 'bob'))),
    String,
  );
  await story.step(
    'carol approves it, and alice is in the group in effect',
    'approved; alice by grant, carol by scim',
    async () => {
      const { status } = await api.approve(request.id, userId(day, 'carol'));
      await untilActive(day, 'alice', 1);
      return `${status}; ${await untilMembers(day, 'Production access', 'alice by grant, carol by scim')}`;
    },
    String,
  );
  await story.step(
    'Okta reads the group and sees only whom it pushed',
    'carol',
    () => catalog.client.send('GET', `/Groups/${groupId(day, 'Production access')}`),
    (read) => names(day, read?.['members']),
  );
  await story.step(
    'bob borrows On-call and Finance at the same time',
    'active, active',
    async () => {
      await Promise.all(['On-call', 'Finance'].map((name) => ask(day, flows.automatic, 'bob', name, HOUR)));
      return untilActive(day, 'bob', 2);
    },
    (grants) => grants.map((grant) => grant.status).join(', '),
  );
  await pushNow(day);
}

async function pushNow(day: Day): Promise<void> {
  const { story, catalog } = day;
  const [production, finance] = [group(day, 'Production access'), group(day, 'Finance')];
  const financeAfter = `bob by grant, ${byScim('person18', 'person19', 'person22')}`;
  await story.step(
    'Okta pushes the whole membership again ("Push Now"), and every grant stays',
    `alice by grant, carol by scim; ${financeAfter}`,
    async () => {
      finance.members.clear();
      for (const name of ['person18', 'person19', 'person22']) finance.members.add(person(day, name));
      await inOkta(catalog, catalog.groups.pushNow(production), catalog.groups.pushNow(finance));
      const after = await untilMembers(day, 'Finance', financeAfter);
      return `${await effectiveMembers(day, 'Production access')}; ${after}`;
    },
    String,
  );
}

function ask(day: Day, flowId: string, name: string, groupName: string, durationSeconds: number) {
  return day.api.ask({
    flowId,
    userId: userId(day, name),
    groupId: groupId(day, groupName),
    durationSeconds,
    justification: `the first day of ${name}`,
  });
}

/** @returns `refused` when the rules say no, else `allowed`. @throws ApiFailure for any other failure */
async function refusal(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'allowed';
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 403) return 'refused';
    throw error;
  }
}

function names(day: Day, members: unknown): string {
  const list = Array.isArray(members) ? (members as { value?: string }[]) : [];
  return list.map((member) => nameOf(day, member.value)).join(', ');
}
