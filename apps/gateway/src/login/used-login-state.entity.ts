import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'gateway', name: 'used_login_states' })
export class UsedLoginStateEntity {
  @PrimaryColumn('bytea') hash: Buffer;
  @Column('timestamptz') usedAt: Date;
}
