import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Kind } from './blocks.queries.js';

/** The number of users or groups in a block of ids. */
@Entity({ schema: 'identity', name: 'list_blocks' })
export class ListBlockEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('text') kind: Kind;
  /** The block extends from this id to that of the next block; the last one extends to the end of all blocks. */
  @PrimaryColumn('uuid') firstId: string;
  @Column('integer') count: number;
}
