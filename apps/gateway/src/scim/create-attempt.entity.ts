import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A create with an unknown outcome. A retry uses the same command id. */
@Entity({ schema: 'gateway', name: 'create_attempts' })
export class CreateAttemptEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('bytea') bodyHash: Buffer;
  @PrimaryColumn('uuid') commandId: string;
  @Column('timestamptz') createdAt: Date;
}
