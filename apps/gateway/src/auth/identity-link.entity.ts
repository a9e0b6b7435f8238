import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The user of an identity in one integration. */
@Entity({ schema: 'gateway', name: 'identity_links' })
export class IdentityLinkEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('text') issuer: string;
  @PrimaryColumn('text') subject: string;
  @Column('uuid') userId: string;
  @Column('boolean') active: boolean;
  /** Version of the user when `active` was set. */
  @Column('bigint') version: number;
  @Column('timestamptz') createdAt: Date;
}
