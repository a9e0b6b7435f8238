import { type Actor } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An owner of a group. The row is kept after the user stops to be an owner, until the owners are replaced. */
@Entity({ schema: 'access_flow', name: 'group_owners' })
export class GroupOwnerEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') groupId: string;
  @PrimaryColumn('uuid') userId: string;
  /** The user's count of deactivations when named. With a higher count the user is no owner any more. */
  @Column('integer') deactivations: number;
  @Column('jsonb') addedBy: Actor;
  @Column('timestamptz') addedAt: Date;
}
