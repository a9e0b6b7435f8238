import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A command that was applied. Its repeat gets a reply and is not applied again. */
@Entity({ schema: 'access_flow', name: 'applied_commands' })
export class AppliedCommandEntity {
  @PrimaryColumn('uuid') commandId: string;
  /** Id of the row that the command created or changed. */
  @Column('uuid') subject: string;
  @Column('timestamptz') appliedAt: Date;
  /** What the reply needs besides the current rows; null if it needs nothing. */
  @Column('jsonb', { nullable: true }) outcome: object | null;
}
