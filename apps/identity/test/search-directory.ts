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

/** A name that is there, and unique with its index. */
const nameOf = (value: JsonValue | undefined, index: number | '') =>
  `${typeof value === 'string' ? value : 'x'}.${index}`;

async function createUser(tenant: Tenant, body: ScimAttributes, index: number): Promise<UserRecord> {
  const attributes = parseResource(TYPES.User, { ...body, userName: nameOf(body['userName'], index) });
  return tenant.users.create(tenant.command('users.create', { attributes }, { scim }));
}

async function createGroup(tenant: Tenant, body: ScimAttributes, within: { id: string }[]): Promise<GroupRecord> {
  const attributes = parseResource(TYPES.Group, {
    ...body,
    displayName: nameOf(body['displayName'], ''),
    members: members(...within),
  });
  return tenant.groups.create(tenant.command('groups.create', { attributes }, { scim }));
}

/** Users and groups, some groups within groups, one circle, and a group of nobody. */
export async function populate(
  tenant: Tenant,
  [users, groups]: readonly [ScimAttributes[], ScimAttributes[]],
): Promise<void> {
  const made = await Promise.all(users.map((body, index) => createUser(tenant, body, index)));
  const before: GroupRecord[] = [];
  for (const [index, body] of groups.entries()) {
    const within = [...made.filter((_, user) => user % (index + 2) === 0), ...before.slice(index % 2, 2)];
    before.push(await createGroup(tenant, body, index === 3 ? [] : within));
  }
  const circle = { op: 'add', path: 'members', value: members(before[2]!) };
  await tenant.patchGroup(before[0]!.id, [circle], { scim });
}

export type Asked = Partial<ScimListQuery>;

export const listUsers = (tenant: Tenant, asked: Asked = {}) =>
  tenant.users.list(tenant.command('users.list', { baseUrl: BASE_URL, startIndex: 1, count: 200, ...asked }, { scim }));
export const listGroups = (tenant: Tenant, asked: Asked = {}) => {
  const query = { baseUrl: BASE_URL, startIndex: 1, count: 200, withMembers: true, ...asked };
  return tenant.groups.list(tenant.command('groups.list', query, { scim }));
};

type List<T> = (asked: Asked) => Promise<{ items: T[]; nextCursor?: string; previousCursor?: string }>;

/** All pages by cursor: those from the first on, and those back from the last. */
export async function pagesOf<T extends { id: string }>(list: List<T>, asked: Asked, count: number) {
  const ids = ({ items }: { items: T[] }) => items.map(({ id }) => id);
  let page = await list({ ...asked, count, cursor: '' });
  const forth = [ids(page)];
  while (page.nextCursor !== undefined) {
    page = await list({ ...asked, count, cursor: page.nextCursor });
    forth.push(ids(page));
  }
  const back = [ids(page)];
  while (page.previousCursor !== undefined) {
    page = await list({ ...asked, count, cursor: page.previousCursor });
    back.unshift(ids(page));
  }
  return { forth, back };
}

/** Many users at once, past the service: `many0001`, `many0002`, …, each with an e-mail address. @returns their ids in order */
export async function manyUsers(tenant: Tenant, count: number, called = 'many'): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7()).sort();
  await tenant.sql(
    `WITH given AS (SELECT id, $3 || lpad(n::text, 4, '0') AS name FROM unnest($2::uuid[]) WITH ORDINALITY AS g (id, n)), made AS (
       INSERT INTO identity.users (integration_id, id, command_id, user_name, user_name_key, display_name_key, external_id,
         active, attributes, keys, shown_name_key, last_modified_at)
       SELECT $1, id, id, name, name, 'd' || name, 'x' || name, true, jsonb_build_object('userName', name),
         jsonb_build_object('userName', name, 'emails', jsonb_build_array(jsonb_build_object('value', name, 'type', 'work'))),
         name, now() - make_interval(hours => right(name, -4)::int) FROM given RETURNING integration_id, id, user_name
     )
     INSERT INTO identity.user_emails (integration_id, user_id, value_key) SELECT integration_id, id, user_name FROM made`,
    [tenant.integrationId, ids, called],
  );
  return ids;
}
