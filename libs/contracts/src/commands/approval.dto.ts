import { ChoiceField, FlagField, IdOrNameField, IntegerField, StringField } from '../dto/fields.js';
import { ListField, ObjectField, VariantListField } from '../dto/objects.js';
import { OneOf, SomeOf, Text, Uuid } from '../dto/properties.js';
import {
  APPROVER_SOURCE_KINDS,
  APPROVER_TIERS,
  type ApproverSourceKind,
  type ApproverTier,
  type Quorum,
  QUORUMS,
  STEP_LIMITS,
} from '../values.js';

const NULLABLE = { nullable: true } as const;

/** A user. */
export class UserApprover {
  @ChoiceField(['user']) kind: 'user';
  @IdOrNameField({ description: 'Id or userName of an active user of the integration. The flow stores the id.' })
  id: string;
}

/** The members of a group, when they decide. */
export class GroupApprover {
  @ChoiceField(['group']) kind: 'group';
  @IdOrNameField({ description: 'Id or display name of a synced group. The flow stores the id.' })
  id: string;
}

/** The manager of the user who gets access. */
export class ManagerApprover {
  @ChoiceField(['manager']) kind: 'manager';
}

/** The owners of the requested group. */
export class GroupOwnersApprover {
  @ChoiceField(['group_owners']) kind: 'group_owners';
}

/** The owners of the flow. */
export class FlowOwnersApprover {
  @ChoiceField(['flow_owners']) kind: 'flow_owners';
}

/** A source of approvers: who they are depends on the directory when a step opens. */
export type ApproverSource = UserApprover | GroupApprover | ManagerApprover | GroupOwnersApprover | FlowOwnersApprover;
export const APPROVER_SOURCES = {
  user: UserApprover,
  group: GroupApprover,
  manager: ManagerApprover,
  group_owners: GroupOwnersApprover,
  flow_owners: FlowOwnersApprover,
};

/** Approvers, and how many of them must approve. One denial denies the request. */
export class ApproverSet {
  @VariantListField(APPROVER_SOURCES, { min: 1, max: STEP_LIMITS.approvers })
  approvers: ApproverSource[];
  @ChoiceField(QUORUMS, {
    description:
      '`any`: one approval. `all`: an approval from each entry of `approvers`; an approver who belongs to several ' +
      'entries approves for all of them. `count`: approvals from `count` different users.',
  })
  quorum: Quorum;
  @IntegerField({ min: 1, max: STEP_LIMITS.count, optional: true, description: 'Required for the quorum `count`.' })
  count?: number;
}

/** Further approvers, when the step is still undecided after a time. Those of the step can still decide. */
export class Escalation extends ApproverSet {
  @IntegerField({
    min: STEP_LIMITS.shortestEscalationSeconds,
    max: STEP_LIMITS.longestEscalationSeconds,
    description: 'Seconds after the step opened.',
  })
  afterSeconds: number;
}

/** A step of the approval of a request. */
export class ApprovalStep extends ApproverSet {
  @StringField({ max: STEP_LIMITS.nameLength, trim: true, optional: true, description: 'Shown to users.' })
  name?: string;
  @ObjectField(() => Escalation, { optional: true, description: 'Further approvers after a time.' })
  escalation?: Escalation;
  @ObjectField(() => ApproverSet, {
    optional: true,
    description: 'Decides instead when the approvers of the step cannot reach their quorum.',
  })
  fallback?: ApproverSet;
  @FlagField({ optional: true, description: 'Whether the user who gets access can approve. Defaults to false.' })
  allowSelf?: boolean;
  @FlagField({ optional: true, description: 'Whether an approver must give a comment. Defaults to false.' })
  requireReason?: boolean;
}

/** The steps of a flow, in order. Without steps, requests are approved at once. */
export const StepsField = (): PropertyDecorator =>
  ListField(() => ApprovalStep, {
    max: STEP_LIMITS.steps,
    description: 'The steps of the approval, in order. Without steps, requests are approved at once.',
  });

/** A user, a group or the administrators that can decide a step. */
export class RequestApprover {
  @OneOf(['user', 'group', 'administrators']) kind: 'user' | 'group' | 'administrators';
  @Uuid('Id of the user or group; null for administrators.', NULLABLE) id: string | null;
  @Text('userName of the user or display name of the group; null for administrators.', NULLABLE) name: string | null;
  @Text('Display name of the user.', NULLABLE) displayName: string | null;
  @SomeOf(APPROVER_SOURCE_KINDS, 'What makes them approvers.') sources: ApproverSourceKind[];
  @OneOf(APPROVER_TIERS, '`step`: named by the step itself.') tier: ApproverTier;
}
