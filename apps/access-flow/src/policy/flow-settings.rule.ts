import {
  approverSources,
  type ApproverSource,
  FLOW_LIMITS,
  type FlowRules,
  type FlowSettings,
  type UnnamedFlow,
} from '@tidegate/contracts';
import { conditionReferences } from './condition.rule.js';

const DEFAULTS: Omit<FlowRules, 'name' | 'eligibility' | 'groupIds' | 'maxDurationSeconds' | 'steps'> = {
  enabled: true,
  priority: 0,
  labels: [],
  requesters: ['self'],
  minDurationSeconds: FLOW_LIMITS.shortestSeconds,
  pendingSeconds: null,
  requireJustification: false,
  distinctApprovers: true,
  ownerIds: [],
  extension: null,
  whenIneligible: 'end',
  maxGrantsPerUser: null,
  maxGrantsPerGroup: null,
};

/** The names of all settings. The compiler checks that they are complete. */
export const SETTING_NAMES = Object.keys({
  name: true,
  ...DEFAULTS,
  eligibility: true,
  groupIds: true,
  maxDurationSeconds: true,
  steps: true,
} satisfies Record<keyof FlowRules, unknown>) as (keyof FlowRules)[];

/** @returns the settings with their defaults */
export const withDefaults = (settings: FlowSettings): FlowRules => rulesOf({ ...DEFAULTS, ...settings });

/** @returns only the settings of a flow */
export const rulesOf = (flow: FlowRules | UnnamedFlow): FlowRules =>
  Object.fromEntries(SETTING_NAMES.map((name) => [name, flow[name]])) as unknown as FlowRules;

/** The users and groups that settings refer to. */
export interface FlowReferences {
  conditionUserIds: string[];
  conditionGroupIds: string[];
  /** Users that the steps name. */
  approverIds: string[];
  approverGroupIds: string[];
  /** All users: those that the condition, the steps and the owners name. */
  userIds: string[];
  /** The groups of the condition and of the steps. */
  otherGroupIds: string[];
}

/** @returns the users and groups that settings refer to, besides the groups that they offer; each once */
export function flowReferences(rules: Pick<FlowRules, 'eligibility' | 'steps' | 'ownerIds'>): FlowReferences {
  const { userIds, groupIds } = conditionReferences(rules.eligibility);
  const sources = approverSources(rules);
  const [approverIds, approverGroupIds] = [idsOf(sources, 'user'), idsOf(sources, 'group')];
  return {
    conditionUserIds: userIds,
    conditionGroupIds: groupIds,
    approverIds,
    approverGroupIds,
    userIds: [...new Set([...userIds, ...approverIds, ...rules.ownerIds])],
    otherGroupIds: [...new Set([...groupIds, ...approverGroupIds])],
  };
}

const idsOf = (sources: ApproverSource[], kind: 'user' | 'group'): string[] => [
  ...new Set(sources.flatMap((source) => (source.kind === kind ? [source.id] : []))),
];
