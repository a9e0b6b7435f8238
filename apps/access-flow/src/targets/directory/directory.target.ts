import { type Tx } from '@tidegate/database';
import { DirectoryMembershipEntity } from '../../directory/directory-membership.entity.js';
import { type Desired, DIRECTORY, type LocalTarget, type Membership } from '../../grants/target.js';

/** Grants in Tidegate's own directory. Stored apart from the memberships that SCIM pushes, so neither overwrites the other. */
export class DirectoryTarget implements LocalTarget {
  readonly name = DIRECTORY;

  async apply(tx: Tx, { integrationId, groupId, userId }: Membership, desired: Desired): Promise<void> {
    if (desired === 'absent') {
      await tx.delete(DirectoryMembershipEntity, { integrationId, groupId, userId });
      return;
    }
    await tx.run(
      `INSERT INTO access_flow.directory_memberships (integration_id, group_id, user_id) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING`,
      [integrationId, groupId, userId],
    );
  }
}
