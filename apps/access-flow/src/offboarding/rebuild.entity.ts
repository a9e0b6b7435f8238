import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Steps of a rebuild, in this order: read identity's users and groups, then find known ones that identity does not have. */
export const STEPS = ['users', 'groups', 'knownUsers', 'knownGroups'] as const;
export type Step = (typeof STEPS)[number];

/** The progress of the rebuild of an integration, without row-level security, because the worker claims those of all. */
@Entity({ schema: 'access_flow', name: 'rebuilds' })
export class RebuildEntity {
  @PrimaryColumn('uuid') integrationId: string;
  /** Id of the run: each request of a rebuild starts a new run. */
  @Column('uuid') run: string;
  @Column('text') step: Step;
  /** The last id that the step has processed. */
  @Column('uuid') after: string;
  @Column('text') requestId: string;
  @Column('timestamptz') requestedAt: Date;
  @Column('timestamptz') dueAt: Date;
}
