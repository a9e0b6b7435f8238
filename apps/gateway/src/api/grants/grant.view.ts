import { GRANT_END_REASONS, GRANT_STATUSES, type GrantRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { ActorProperty, ActorView } from '../common/actor.view.js';
import { OneOf, Timestamp, Uuid, Version } from '../common/properties.js';
import { shownActor } from '../common/shown-actor.rule.js';

const NULLABLE = { nullable: true } as const;

export class GrantView implements Omit<GrantRecord, 'extendedBy' | 'revokedBy'> {
  @Uuid() id: string;
  @Uuid('The same as `id`.') grantId: string;
  @Uuid() integrationId: string;
  @Uuid() requestId: string;
  @Uuid() userId: string;
  @Uuid() groupId: string;
  @OneOf(GRANT_STATUSES, '`revoking`: its end is decided. `ended`: the target has confirmed the end.')
  status: GrantRecord['status'];
  @OneOf(GRANT_END_REASONS, 'Why it ends or ended.', NULLABLE) endReason: GrantRecord['endReason'];
  @Timestamp('When it expires.') endsAt: string;
  @Timestamp() createdAt: string;
  @Timestamp('When the target confirmed the membership.', NULLABLE) activatedAt: string | null;
  @Timestamp('When its end was decided.', NULLABLE) revokingAt: string | null;
  @Timestamp('When the target confirmed the end.', NULLABLE) endedAt: string | null;
  @ActorProperty('The actor that last extended it.') extendedBy: ActorView | null;
  @ActorProperty('The actor whose change ended the grant; a system job if the grant expired.')
  revokedBy: ActorView | null;
  @Version() version: number;
}

/** @returns the grant with the details that the caller may see */
export function grantView(access: Access, grant: GrantRecord): GrantView {
  const { integrationId } = grant;
  const extendedBy = shownActor(access, integrationId, grant.extendedBy);
  const revokedBy = shownActor(access, integrationId, grant.revokedBy);
  return { ...grant, id: grant.grantId, extendedBy, revokedBy };
}
