import { ApiProperty } from '@nestjs/swagger';
import { type NamedActor } from '../context.js';
import { ActorProperty } from '../dto/actor.dto.js';
import { ChoiceField, FlagField, IdField, IdsField, IntegerField, StringField } from '../dto/fields.js';
import { Integer, IntegrationName, OneOf, SomeOf, Text, Timestamp, Uuid, Uuids, Version } from '../dto/properties.js';
import {
  FLOW_LIMITS,
  GRANT_END_REASONS,
  GRANT_STATUSES,
  type GrantEndReason,
  type GrantState,
  type GrantStatus,
  type IntegrationState,
  MEMBERSHIP_SOURCES,
  type MembershipSource,
  NAME_LENGTH,
  REVOKE_LIMITS,
  TEXT_LENGTH,
} from '../values.js';
import { type Done, fromGateway, type NoData } from './command-rule.js';
import { IdPageQuery, OfId, type Page } from './common.dto.js';
import { type WithoutIntegrationName } from './names.dto.js';

const NULLABLE = { nullable: true } as const;

export class ListGrants extends IdPageQuery {
  @IdField({ optional: true }) integrationId?: string;
  @ChoiceField(GRANT_STATUSES, { optional: true }) status?: GrantStatus;
  @IdField({ optional: true }) userId?: string;
  @IdField({ optional: true }) groupId?: string;
  /** Only grants of requests under this flow. */
  @IdField({ optional: true }) flowId?: string;
}

export class ExtendGrant {
  @IntegerField({
    min: FLOW_LIMITS.shortestSeconds,
    max: FLOW_LIMITS.longestSeconds,
    description: 'Seconds to add to the grant.',
  })
  durationSeconds: number;
  @StringField({
    max: TEXT_LENGTH,
    optional: true,
    trim: true,
    description: 'Shown to the approvers, if the extension needs approval.',
  })
  justification?: string;
}

export class ExtendOneGrant extends ExtendGrant {
  @IdField() id: string;
  /** The extension rule for the holder applies to the caller, although the actor does not contain that user. */
  @FlagField({ optional: true }) isHolder?: boolean;
}

const ReasonField = (optional: boolean): PropertyDecorator =>
  StringField({
    max: TEXT_LENGTH,
    trim: true,
    optional,
    description: 'Why the access ends. Each grant shows it as `endComment`.',
  });

export class RevokeGrant {
  @ReasonField(true) reason?: string;
}

export class RevokeOneGrant extends RevokeGrant {
  @IdField() id: string;
}

/** The name that confirms the revocation of the grants of a user or flow. */
export class ConfirmedRevocation extends RevokeGrant {
  @StringField({
    max: NAME_LENGTH,
    optional: true,
    description: 'The userName of the user or the name of the flow, as confirmation. Not used with `grantIds`.',
  })
  confirm?: string;
}

/** The grants that a revocation names: exactly one of the properties. */
export const REVOCABLE = ['grantIds', 'userId', 'flowId'] as const;

export const GrantIdsField = (): PropertyDecorator =>
  IdsField({ min: 1, max: REVOKE_LIMITS.grants, optional: true, description: 'These grants.' });

/** Grants of one integration. Exactly one of the properties in `REVOCABLE` is present. */
export class RevokeManyGrants extends ConfirmedRevocation {
  @IdField() integrationId: string;
  @GrantIdsField() grantIds?: string[];
  /** All grants of a user. */
  @IdField({ optional: true }) userId?: string;
  /** All grants of a flow. */
  @IdField({ optional: true }) flowId?: string;
}

export class RevokedGrants {
  @Integer('The number of grants that were live and are now `revoking`.') revoked: number;
  @Uuids(`Their ids: the first ${REVOKE_LIMITS.listed}.`) grants: string[];
}

export class Panic {
  @IntegerField({
    min: 0,
    max: 2_147_483_647,
    description: 'The number of live grants that the caller expects to end. A different number is refused.',
  })
  liveGrants: number;
  @ReasonField(false) reason: string;
}

/** What a panic ended. */
export class PanicResult {
  @Integer('The number of grants that were live and are now `revoking`.') revoked: number;
  @Integer('The number of pending requests that were cancelled.') cancelledRequests: number;
}

export class GrantRecord implements GrantState {
  @Uuid() id: string;
  @Uuid('The same as `id`.') grantId: string;
  @Uuid() integrationId: string;
  @IntegrationName() integrationName: string | null;
  @Uuid() requestId: string;
  @Uuid('The flow of the request.') flowId: string;
  @Text('Name of the flow; null if it was deleted.', NULLABLE) flowName: string | null;
  @Uuid() userId: string;
  @Text('Name of the user.') userName: string;
  @Text('Display name of the user.', NULLABLE) userDisplayName: string | null;
  @Uuid() groupId: string;
  @Text('Name of the group.') groupName: string;
  @OneOf(
    GRANT_STATUSES,
    '`scheduled`: its start is later. `revoking`: its end is decided. `ended`: the target has confirmed the end.',
  )
  status: GrantStatus;
  @OneOf(GRANT_END_REASONS, 'Why it ends or ended.', NULLABLE) endReason: GrantEndReason | null;
  @Timestamp('When it starts, or started.') startsAt: string;
  @Text('The reason that the actor gave for the end.', NULLABLE) endComment: string | null;
  @Timestamp('When it expires.') endsAt: string;
  @Integer('Number of extensions.') extensions: number;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether SCIM had the user in the group before the grant; the end of the grant does not change that membership. Null for older grants.',
  })
  alreadyMember: boolean | null;
  @Timestamp() createdAt: string;
  @Timestamp('When the target confirmed the membership.', NULLABLE) activatedAt: string | null;
  @Timestamp('When its end was decided.', NULLABLE) revokingAt: string | null;
  @Timestamp('When the target confirmed the end.', NULLABLE) endedAt: string | null;
  @ActorProperty('The actor that last extended it.') extendedBy: NamedActor | null;
  /** A person, an API key, the SCIM client that deactivated the user, or a job. */
  @ActorProperty('The actor whose change ended the grant; a system job if the grant expired.')
  revokedBy: NamedActor | null;
  @Version() version: number;
}

export class ExtendedGrant extends GrantRecord {
  @Uuid('The pending request for the extension; null if the grant was extended at once.', NULLABLE)
  extensionRequestId: string | null;
}

/** A group with live grants or pending requests. */
export interface GroupInUse {
  groupId: string;
  liveGrants: number;
  openRequests: number;
}

/** A grant as access-flow replies it. */
export type GrantReply = WithoutIntegrationName<GrantRecord>;

/** A grant is live until it is revoking or ended. */
export const GRANT_COMMANDS = {
  'grants.get': fromGateway.validated(OfId).returns<GrantReply>(),
  'grants.list': fromGateway.validated(ListGrants).returns<Page<GrantReply>>(),
  /** The number of live grants of an integration. */
  'grants.count': fromGateway.data<NoData>().returns<{ liveGrants: number }>(),
  /** The groups of an integration with live grants or pending requests. */
  'grants.groups': fromGateway.validated(IdPageQuery).returns<Page<GroupInUse>>(),
  'grants.revoke': fromGateway.validated(RevokeOneGrant).returns<GrantReply>(),
  'grants.revokeMany': fromGateway.validated(RevokeManyGrants).returns<RevokedGrants>(),
  /** Ends all grants of an integration and cancels its pending requests. */
  'grants.panic': fromGateway.validated(Panic).returns<PanicResult>(),
  'grants.extend': fromGateway.validated(ExtendOneGrant).returns<WithoutIntegrationName<ExtendedGrant>>(),
};

/** One effective membership. */
export class EffectiveMembership {
  @Uuid() userId: string;
  @Text() userName: string;
  @Uuid() groupId: string;
  @Text() groupName: string;
  @SomeOf(MEMBERSHIP_SOURCES, '`scim`: pushed by the identity provider. `grant`: by a live grant.')
  sources: MembershipSource[];
  @Timestamp('The latest end of the grants; null if the membership comes only from SCIM.', NULLABLE)
  endsAt: string | null;
}

export class ListMembers extends IdPageQuery {
  @IdField() groupId: string;
}

export class ListMemberships extends IdPageQuery {
  @IdField() userId: string;
}

export const MEMBERSHIP_COMMANDS = {
  /** The effective members of a group. */
  'members.list': fromGateway.validated(ListMembers).returns<Page<EffectiveMembership>>(),
  /** The effective memberships of a user. */
  'memberships.list': fromGateway.validated(ListMemberships).returns<Page<EffectiveMembership>>(),
};

export const PROJECTION_COMMANDS = {
  /** Starts to read the users and groups of an integration from identity again. `state` is the integration's. */
  'projections.rebuild': fromGateway.data<{ state: IntegrationState }>().returns<Done>(),
};
