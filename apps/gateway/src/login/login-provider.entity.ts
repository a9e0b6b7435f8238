import { type Actor } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The columns of a login provider that are shown. */
export class ShownLoginProvider {
  @PrimaryColumn('uuid') id: string;
  @Column('text') issuer: string;
  @Column('text') clientId: string;
  /** Text of its login button. */
  @Column('text') label: string;
  @Column('timestamptz') createdAt: Date;
  /** Null for providers from before actors were stored. */
  @Column('jsonb', { nullable: true }) createdBy: Actor | null;
  @Column('jsonb', { nullable: true }) updatedBy: Actor | null;
}

@Entity({ schema: 'gateway', name: 'login_providers' })
export class LoginProviderEntity extends ShownLoginProvider {
  /** Encrypted. */
  @Column('bytea') clientSecret: Buffer;
}
