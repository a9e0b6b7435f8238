import { type Tx } from '@tidegate/database';
import { type Desired, DIRECTORY, type LocalTarget, type Membership } from '../../grants/target.js';

const ADD = `INSERT INTO access_flow.directory_memberships (integration_id, group_id, user_id) VALUES ($1, $2, $3)
  ON CONFLICT DO NOTHING`;
const REMOVE = `DELETE FROM access_flow.directory_memberships WHERE integration_id = $1 AND group_id = $2 AND user_id = $3`;

/** Grants in Tidegate's own directory. Stored apart from the memberships that SCIM pushes, so neither overwrites the other. */
export class DirectoryTarget implements LocalTarget {
  readonly name = DIRECTORY;

  async apply(tx: Tx, { integrationId, groupId, userId }: Membership, desired: Desired): Promise<void> {
    await tx.run(desired === 'absent' ? REMOVE : ADD, [integrationId, groupId, userId]);
  }
}
