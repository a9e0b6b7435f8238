import { v7 as uuidv7 } from 'uuid';
import { foldCase, parseResource, USER } from '../dist/libs/scim/src/index.js';
import { namesOf, searchedOf } from '../dist/apps/identity/src/users/users.rule.js';
import { oktaUser } from './okta-user.mjs';

const BATCH = 5_000;

export const userNameOf = (number) => `p${String(number).padStart(7, '0')}@acme.example`;

/**
 * Writes users into identity's tables like identity's own statement, without events: half a million over HTTP would take
 * half an hour.
 * @param {import('pg').Client} client
 * @returns {Promise<string[]>} their ids, in order
 */
export async function seedUsers(client, integrationId, count) {
  await client.query('SET session_replication_role = replica'); // skips foreign key checks
  const ids = [];
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => rowOf(userNameOf(from + i)));
    ids.push(...rows.map(({ id }) => id));
    await client.query(
      `WITH row AS (
         SELECT * FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, command uuid, attributes jsonb, names jsonb,
           keys jsonb, shown text, emails text[])
       ), mail AS (
         INSERT INTO identity.user_emails (integration_id, user_id, value_key) SELECT $1, id, unnest(emails) FROM row
       )
       INSERT INTO identity.users (integration_id, id, command_id, user_name, user_name_key, display_name,
         display_name_key, external_id, active, attributes, keys, shown_name_key)
       SELECT $1, id, command, names ->> 'userName', names ->> 'userNameKey', names ->> 'displayName',
         names ->> 'displayNameKey', names ->> 'externalId', true, attributes, keys, shown FROM row`,
      [integrationId, JSON.stringify(rows)],
    );
  }
  await client.query('SET session_replication_role = origin');
  return ids;
}

function rowOf(userName) {
  const [login] = userName.split('@');
  const attributes = { ...parseResource(USER, oktaUser(login)), active: true };
  const { keys, shownNameKey, emails } = searchedOf(USER, attributes);
  return { id: uuidv7(), command: uuidv7(), attributes, names: namesOf(attributes), keys, shown: shownNameKey, emails };
}

/** @returns {Promise<string>} the id of a new group with these users as members */
export async function seedGroup(client, integrationId, displayName, userIds) {
  const id = uuidv7();
  const attributes = JSON.stringify({ displayName });
  await client.query(
    `INSERT INTO identity.groups (integration_id, id, command_id, display_name, display_name_key, attributes, keys)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      integrationId,
      id,
      uuidv7(),
      displayName,
      foldCase(displayName),
      attributes,
      JSON.stringify({ displayName: foldCase(displayName) }),
    ],
  );
  await client.query(
    'INSERT INTO identity.group_members (integration_id, group_id, user_id) SELECT $1, $2, unnest($3::uuid[])',
    [integrationId, id, userIds],
  );
  return id;
}
