import { type Actor } from '../context.js';
import { type Call, type Done } from './call.js';
import { type Page, type PageQuery } from './pages.js';

/** How requests are approved: automatically, or by one of the approvers. */
export type Approval = { kind: 'automatic' } | { kind: 'one_approver'; approverIds: string[] };
/** The eligible users: all active users, or the active users that SCIM pushed as members of one of the groups. */
export type Requesters = { kind: 'everyone' } | { kind: 'members_of'; groupIds: string[] };

/** Limits of the settings of a flow and of requests. Durations are in seconds. */
export const FLOW_LIMITS = {
  nameLength: 100,
  groups: 100,
  approvers: 20,
  /** The shortest grant that expiry can end on time. */
  shortestSeconds: 60,
  /** 30 days. */
  longestSeconds: 2_592_000,
  justificationLength: 1000,
} as const;

export interface FlowSettings {
  name: string;
  enabled: boolean;
  requesters: Requesters;
  /** The groups that can be requested. They are ids, so that renaming a group does not change access. */
  groupIds: string[];
  maxDurationSeconds: number;
  approval: Approval;
}
export interface FlowRecord extends FlowSettings {
  id: string;
  integrationId: string;
  version: number;
  createdAt: string;
  /** Null for flows of releases that did not store it. */
  createdBy: Actor | null;
  /** The maker of the last change of settings, null if there was none. */
  updatedBy: Actor | null;
}

/** A user of an integration who can read only what concerns that user. */
export interface Member {
  integrationId: string;
  userId: string;
}

/** With `visibleTo`, only flows under which one of these members can request or approve. */
export interface FlowCommands {
  'flows.create': Call<FlowSettings & { integrationId: string }, FlowRecord>;
  'flows.get': Call<{ id: string; visibleTo?: Member[] }, FlowRecord>;
  'flows.list': Call<PageQuery & { integrationId?: string; visibleTo?: Member[] }, Page<FlowRecord>>;
  /** A member can see a group if the member belongs to it, can request it or approve its requests, or has requested it. */
  'flows.groupVisible': Call<{ userId: string; groupId: string }, { visible: boolean }>;
  /** `cancelledRequests` is the number of pending requests that the new settings do not allow. */
  'flows.update': Call<{ id: string; settings: Partial<FlowSettings> }, FlowRecord & { cancelledRequests: number }>;
  'flows.delete': Call<{ id: string }, Done>;
}
