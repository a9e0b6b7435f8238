import {
  type Condition,
  type FlowReply,
  GRANT_STATUSES,
  type GrantReply,
  type GrantStatus,
  type IneligibleAction,
  MANAGER_VALUE,
  type RequestReply,
  type RequestStatus,
  type UserProfile,
} from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { type TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

/** The states of a request that causes are applied to, with their statuses. */
export const REQUEST_STATES = {
  'open in step 1': 'pending',
  'open in step 2': 'pending',
  undecidable: 'pending',
  extension: 'pending',
  approved: 'approved',
  denied: 'denied',
  cancelled: 'cancelled',
  expired: 'expired',
} as const satisfies Record<string, RequestStatus>;
export type StateOfRequest = keyof typeof REQUEST_STATES;
export const STATES_OF_REQUESTS = Object.keys(REQUEST_STATES) as StateOfRequest[];

/** States with a group of their own. The approved request is that of the active grant. */
type Place = Exclude<StateOfRequest, 'approved'> | GrantStatus;
const PLACES = [...STATES_OF_REQUESTS.filter((state) => state !== 'approved'), ...GRANT_STATUSES] as Place[];

const ELIGIBLE = { title: 'Engineer' };

/**
 * An integration in which alice has a request in every state and a grant in every state, each for its own group. Her manager
 * dan or bob decides step 1, and the group `reviewers`, with carol, step 2. The undecidable request is under a flow of its
 * own, whose only approver, erin, was deactivated.
 */
export class AccessStates {
  readonly groups = Object.fromEntries(PLACES.map((place) => [place, uuidv7()])) as Record<Place, string>;
  readonly staff = uuidv7();
  readonly reviewers = uuidv7();
  readonly requests = {} as Record<StateOfRequest, string>;
  readonly grants = {} as Record<GrantStatus, string>;
  flow: FlowReply;
  undecidableFlow: FlowReply;
  private version = 1;

  private constructor(readonly integration: Integration) {}

  static async create(accessFlow: TestAccessFlow, whenIneligible: IneligibleAction = 'end'): Promise<AccessStates> {
    const states = new AccessStates(await Integration.create(accessFlow));
    await states.prepare();
    await states.createFlows(whenIneligible);
    await states.createGrants();
    await states.createRequests();
    return states;
  }

  get accessFlow(): TestAccessFlow {
    return this.integration.accessFlow;
  }

  get userId(): string {
    return this.integration.people.alice.userId;
  }

  /** The grant that the pending request would extend. */
  extended: string;

  /** The ids of the groups that are requested. */
  get requested(): string[] {
    return Object.values(this.groups);
  }

  /** Changes attributes of alice. */
  profile(attributes: UserProfile['attributes']): Promise<void> {
    const { integration } = this;
    const data = { ...integration.people.alice, attributes, attributesVersion: ++this.version };
    return integration.publish('user.profile.changed', this.userId, data);
  }

  /** Changes the manager of alice. */
  manager(person: Person): Promise<void> {
    return this.profile({ ...ELIGIBLE, [MANAGER_VALUE]: this.integration.people[person].userId });
  }

  /** Moves a time of rows and their jobs to the past. */
  async backdate(table: 'requests' | 'grants', column: string, ids: string[]): Promise<void> {
    const past = `now() - interval '1 second'`;
    const { accessFlow } = this;
    await accessFlow.rows(`UPDATE access_flow.${table} SET ${column} = ${past} WHERE id = ANY ($1)`, [ids]);
    await accessFlow.rows(`UPDATE access_flow.jobs SET run_at = ${past} WHERE key = ANY ($1)`, [ids]);
  }

  private async prepare(): Promise<void> {
    const { integration } = this;
    const setting = { managerAttribute: 'id', removed: false, version: 2 };
    await integration.publish('integration.updated', integration.id, setting);
    for (const id of [this.staff, this.reviewers, ...this.requested]) await integration.group(id, `Group ${id}`);
    await integration.push(this.staff, 2, { alice: true });
    await integration.push(this.reviewers, 2, { carol: true });
    await this.manager('dan');
    await integration.reactivate('erin');
  }

  private async createFlows(whenIneligible: IneligibleAction): Promise<void> {
    const { integration } = this;
    const isEngineer: Condition = { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Engineer'] };
    const settings = {
      eligibility: { kind: 'all' as const, conditions: [inGroups(this.staff), isEngineer] },
      groupIds: [integration.deploy, ...this.requested],
      extension: { approval: 'steps' as const, maxCount: 2, maxSeconds: HOUR },
      whenIneligible,
    };
    const bob = { kind: 'user' as const, id: integration.people.bob.userId };
    this.flow = await integration.flow({
      ...settings,
      steps: [
        { quorum: 'any', approvers: [bob, { kind: 'manager' }] },
        { quorum: 'any', approvers: [{ kind: 'group', id: this.reviewers }] },
      ],
    });
    this.undecidableFlow = await integration.flow({ ...settings, steps: integration.by('erin') });
  }

  private request(place: Place, data = {}, flow = this.flow): Promise<RequestReply> {
    return this.integration.request(flow, 'alice', { groupId: this.groups[place], ...data });
  }

  private async granted(place: Place, data = {}): Promise<GrantReply> {
    const request = await this.request(place, data);
    await this.integration.review(request, 'bob');
    return this.integration.grant(await this.integration.review(request, 'carol'));
  }

  private async createGrants(): Promise<void> {
    const { integration, grants, accessFlow } = this;
    const revoke = (id: string) => integration.ask('grants.revoke', { id });
    const active = await this.granted('active');
    this.extended = (await this.granted('extension')).id;
    grants.ended = (await this.granted('ended')).id;
    await revoke(grants.ended);
    await accessFlow.runTargets();
    const startsAt = new Date(Date.now() + HOUR * 1000).toISOString();
    grants.scheduled = (await this.granted('scheduled', { startsAt })).id;
    grants.activating = (await this.granted('activating')).id;
    grants.active = active.id;
    grants.revoking = (await this.granted('revoking')).id;
    await revoke(grants.revoking);
    this.requests.approved = active.requestId;
  }

  private async createRequests(): Promise<void> {
    const { integration, requests, accessFlow } = this;
    requests['open in step 1'] = (await this.request('open in step 1')).id;
    const second = await this.request('open in step 2');
    requests['open in step 2'] = (await integration.review(second, 'bob')).id;
    requests.undecidable = (await this.request('undecidable', {}, this.undecidableFlow)).id;
    await integration.deactivate('erin');
    const extension = { id: this.extended, durationSeconds: HOUR, isHolder: true };
    requests.extension = (await integration.ask('grants.extend', extension)).extensionRequestId!;
    requests.denied = (await integration.review(await this.request('denied'), 'bob', 'deny')).id;
    requests.cancelled = (await this.request('cancelled')).id;
    await integration.ask('requests.cancel', { id: requests.cancelled });
    requests.expired = (await this.request('expired')).id;
    await this.backdate('requests', 'expires_at', [requests.expired]);
    await accessFlow.runDeadlines();
  }
}
