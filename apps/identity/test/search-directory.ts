import { type GroupRecord, type ScimListQuery, type UserRecord } from '@tidegate/contracts';
import { type JsonValue, parseResource, type ScimAttributes } from '@tidegate/scim';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { BASE_URL, members, type Tenant } from './harness.js';
import { bodyOf, PROFILE as scim, TYPES } from './search-data.js';

export const bodies = fc.tuple(
  fc.array(bodyOf(TYPES.User), { minLength: 12, maxLength: 16 }),
  fc.array(bodyOf(TYPES.Group), { minLength: 5, maxLength: 6 }),
);

/** A name that always exists. With an index it is unique. */
const nameOf = (value: JsonValue | undefined, index: number | '') =>
  `${typeof value === 'string' ? value : 'x'}.${index}`;

async function createUser(tenant: Tenant, body: ScimAttributes, index: number): Promise<UserRecord> {
  const attributes = parseResource(TYPES.User, { ...body, userName: nameOf(body['userName'], index) });
  return tenant.users.create(tenant.command('users.create', { attributes }, { scim }));
}

async function createGroup(tenant: Tenant, body: ScimAttributes, memberList: { id: string }[]): Promise<GroupRecord> {
  const attributes = parseResource(TYPES.Group, {
    ...body,
    displayName: nameOf(body['displayName'], ''),
    members: members(...memberList),
  });
  return tenant.groups.create(tenant.command('groups.create', { attributes }, { scim }));
}

/** Creates users and groups, with nested groups, one cycle of groups and one empty group. */
export async function populate(
  tenant: Tenant,
  [users, groups]: readonly [ScimAttributes[], ScimAttributes[]],
): Promise<void> {
  const created = await Promise.all(users.map((body, index) => createUser(tenant, body, index)));
  const before: GroupRecord[] = [];
  for (const [index, body] of groups.entries()) {
    const memberList = [...created.filter((_, user) => user % (index + 2) === 0), ...before.slice(index % 2, 2)];
    before.push(await createGroup(tenant, body, index === 3 ? [] : memberList));
  }
  const cycle = { op: 'add', path: 'members', value: members(before[2]!) };
  await tenant.patchGroup(before[0]!.id, [cycle], { scim });
}

export type ListParams = Partial<ScimListQuery>;

export const listUsers = (tenant: Tenant, params: ListParams = {}) =>
  tenant.users.list(
    tenant.command('users.list', { baseUrl: BASE_URL, startIndex: 1, count: 200, ...params }, { scim }),
  );
export const listGroups = (tenant: Tenant, params: ListParams = {}) => {
  const query = { baseUrl: BASE_URL, startIndex: 1, count: 200, withMembers: true, ...params };
  return tenant.groups.list(tenant.command('groups.list', query, { scim }));
};

type List<T> = (params: ListParams) => Promise<{ items: T[]; nextCursor?: string; previousCursor?: string }>;

/** All pages by cursor: forward from the first page, and backward from the last. */
export async function pagesOf<T extends { id: string }>(list: List<T>, params: ListParams, count: number) {
  const ids = ({ items }: { items: T[] }) => items.map(({ id }) => id);
  let page = await list({ ...params, count, cursor: '' });
  const forward = [ids(page)];
  while (page.nextCursor !== undefined) {
    page = await list({ ...params, count, cursor: page.nextCursor });
    forward.push(ids(page));
  }
  const backward = [ids(page)];
  while (page.previousCursor !== undefined) {
    page = await list({ ...params, count, cursor: page.previousCursor });
    backward.unshift(ids(page));
  }
  return { forward, backward };
}

/**
 * Inserts users `many0001`, `many0002`, … with SQL, each with an e-mail address.
 * @returns their ids in order
 */
export async function manyUsers(tenant: Tenant, count: number, prefix = 'many'): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7()).sort();
  await tenant.sql(
    `WITH given AS (SELECT id, $3 || lpad(n::text, 4, '0') AS name FROM unnest($2::uuid[]) WITH ORDINALITY AS g (id, n)), created AS (
       INSERT INTO identity.users (integration_id, id, command_id, user_name, user_name_key, display_name_key, external_id,
         active, attributes, keys, shown_name_key, last_modified_at)
       SELECT $1, id, id, name, name, 'd' || name, 'x' || name, true, jsonb_build_object('userName', name),
         jsonb_build_object('userName', name, 'emails', jsonb_build_array(jsonb_build_object('value', name, 'type', 'work'))),
         name, now() - make_interval(hours => right(name, -4)::int) FROM given RETURNING integration_id, id, user_name
     )
     INSERT INTO identity.user_emails (integration_id, user_id, value_key) SELECT integration_id, id, user_name FROM created`,
    [tenant.integrationId, ids, prefix],
  );
  return ids;
}
