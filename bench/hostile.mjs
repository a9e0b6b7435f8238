import { threadId } from 'node:worker_threads';
import { oktaUser } from './okta-user.mjs';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const MIB = 1024 * 1024;

const repeat = (times, make) => Array.from({ length: times }, (_, i) => make(i));
const patch = (times, operation) => JSON.stringify({ schemas: [PATCH], Operations: repeat(times, operation) });
const bulk = (times, operation) => JSON.stringify({ schemas: [BULK], Operations: repeat(times, operation) });
const create = (over) => JSON.stringify({ ...oktaUser(unique()), ...over });
const group = (over) => JSON.stringify({ displayName: `Hostile ${unique()}`, ...over });
let made = 0;
const unique = () => `h${process.pid}x${threadId}x${made++}`;
const uuid = (i) => `0192f000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`;
const unknownMembers = (count) =>
  repeat(count, (i) => ({ value: uuid(i), type: 'User', display: `Member number ${i}` }));
/** A body of about the given size that repeats one string. */
const filled = (bytes, before, piece, after) => before + piece.repeat((bytes - before.length) / piece.length) + after;

/** A user with a thousand e-mail addresses, for operations that scan them. */
export const manyEmails = () =>
  create({ emails: repeat(1000, (i) => ({ value: `e${i}@acme.example`, type: `t${i}` })) });

const terms = repeat(120, (i) => `value eq "${i}"`).join(' or ');
const marks = `${'\u0301'.repeat(1900)}${'\u0323'.repeat(1900)}`;

/**
 * Requests that are expensive to handle. `users` are the ids of a minimal user and of one with a thousand addresses;
 * `members` are ids of existing users; `group` is a group. Each body is created when it is sent.
 * @returns {{ name: string, method: string, path: string, body: () => string, operations?: number }[]} `operations` is
 *   the number of requests that a bulk request replaces
 */
export function hostileBodies({ bare, many, members, group: groupId }) {
  const user = `/Users/${bare}`;
  const rich = `/Users/${many}`;
  const ownGroup = `/Groups/${groupId}`;
  const own = (ids) => ids.map((value) => ({ value }));
  return [
    [
      'PATCH: 990 values created by a filter',
      'PATCH',
      user,
      () => patch(990, (i) => ({ op: 'add', path: `emails[type eq "t${i}"].value`, value: `a${i}@b` })),
    ],
    [
      'PATCH: the same, after a deactivation',
      'PATCH',
      user,
      () =>
        patch(980, (i) =>
          i === 0
            ? { op: 'replace', path: 'active', value: true }
            : { op: 'add', path: `emails[type eq "t${i}"].value`, value: `b${i}@b` },
        ),
    ],
    [
      'PATCH: 990 values individually',
      'PATCH',
      user,
      () => patch(990, (i) => ({ op: 'add', path: 'phoneNumbers', value: [{ value: unique(), type: `t${i}` }] })),
    ],
    [
      'PATCH: 1,000 filters that scan 1,000 values',
      'PATCH',
      rich,
      () => patch(1000, (i) => ({ op: 'remove', path: `emails[value co "x${i}"]` })),
    ],
    [
      'PATCH: a subset of 1,000 values, 1,000 times',
      'PATCH',
      rich,
      () => patch(1000, (i) => ({ op: 'add', path: 'emails.display', value: 'd' })),
    ],
    [
      'PATCH: 1,000 values renamed',
      'PATCH',
      rich,
      () => patch(1000, (i) => ({ op: 'replace', path: `emails[type eq "t${i}"].display`, value: `${made++ % 10}` })),
    ],
    [
      'PATCH: 400 paths of 120 terms',
      'PATCH',
      user,
      () => patch(400, () => ({ op: 'remove', path: `emails[${terms}]` })),
    ],
    [
      'PATCH: a string, 1,000 times',
      'PATCH',
      user,
      () => patch(1000, (i) => ({ op: 'replace', path: 'title', value: `${unique()}${i}` })),
    ],
    [
      'POST: 1,000 identical addresses',
      'POST',
      '/Users',
      () => create({ emails: repeat(1000, () => ({ value: 'a@b', type: 'work' })) }),
    ],
    ['POST: 64 KiB of different addresses', 'POST', '/Users', manyEmails],
    [
      'POST: 6,000 values, 0.8 MB',
      'POST',
      '/Users',
      () =>
        create(
          Object.fromEntries(
            ['emails', 'phoneNumbers', 'ims', 'photos', 'roles', 'entitlements'].map((name) => [
              name,
              repeat(1000, (i) => ({ value: `${name}${i}`.padEnd(60, 'é'), type: `t${i}` })),
            ]),
          ),
        ),
    ],
    [
      'POST: combining marks',
      'POST',
      '/Users',
      () => create({ emails: repeat(8, (i) => ({ value: `${marks}${i}` })) }),
    ],
    [
      'POST: 900 unknown names of 1,000 characters',
      'POST',
      '/Users',
      () => create(Object.fromEntries(repeat(900, (i) => [`${i}`.padEnd(1000, 'n'), i]))),
    ],
    [
      'POST: 1 MiB of empty lists',
      'POST',
      '/Users',
      () => filled(MIB - 100, `{"userName":"${unique()}","x":[[]`, ',[]', ']}'),
    ],
    ['POST: 1 MiB of brackets', 'POST', '/Users', () => filled(MIB - 100, '{"userName":"x","x":', '[', '')],
    [
      'POST: one string of 1 MiB with escapes',
      'POST',
      '/Users',
      () => filled(MIB - 100, `{"userName":"${unique()}","x":"`, '\\"', '"}'),
    ],
    [
      'search: a filter of 4 KB',
      'POST',
      '/Users/.search',
      () =>
        JSON.stringify({
          schemas: [SEARCH],
          filter: repeat(110, (i) => `userName co "${i}zzzzzzzzzz"`)
            .join(' or ')
            .slice(0, 4000)
            .replace(/ or [^"]*"[^"]*$/, ''),
        }),
    ],
    [
      'Bulk: 1,000 deletions of unknown users',
      'POST',
      '/Bulk',
      () => bulk(1000, (i) => ({ method: 'DELETE', path: `/Users/${uuid(i)}` })),
      1000,
    ],
    [
      'Bulk: 400 creates',
      'POST',
      '/Bulk',
      () =>
        bulk(400, (i) => ({
          method: 'POST',
          path: '/Users',
          bulkId: `${i}`,
          data: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: unique() },
        })),
      400,
    ],
    ['Bulk: 1,000 invalid operations', 'POST', '/Bulk', () => bulk(1000, () => ({ method: 'POST', path: '/x' })), 1000],
    [
      'Bulk: 1,000 circular creates, refused',
      'POST',
      '/Bulk',
      () =>
        bulk(1000, (i) => ({
          method: 'POST',
          path: '/Groups',
          bulkId: `${i}`,
          data: { displayName: '', members: [{ value: `bulkId:${(i + 1) % 1000}` }] },
        })),
      1,
    ],
    ['group: 100,000 unknown members', 'POST', '/Groups', () => group({ members: unknownMembers(100_000) })],
    [
      'group: 16 MiB of members',
      'POST',
      '/Groups',
      () => group({ members: repeat(99_000, (i) => ({ value: uuid(i), display: 'x'.repeat(100) })) }),
    ],
    [
      'group: too many members',
      'POST',
      '/Groups',
      () => group({ members: repeat(240_000, (i) => ({ value: uuid(i) })) }),
    ],
    [
      'group: 16 MiB of empty lists',
      'POST',
      '/Groups',
      () => filled(16 * MIB - 100, '{"displayName":"x","x":[[]', `,[${' '.repeat(60)}]`, ']}'),
    ],
    [
      'group: 16 MiB of strings',
      'POST',
      '/Groups',
      () => filled(16 * MIB - 100, '{"displayName":"x","x":[""', `,"${'\\"'.repeat(50)}"`, ']}'),
    ],
    [
      'group: one string of 16 MiB',
      'POST',
      '/Groups',
      () => filled(16 * MIB - 100, '{"displayName":"x","x":"', '\\"', '"}'),
    ],
    [
      'group: PATCH with 16 MiB besides members',
      'PATCH',
      ownGroup,
      () =>
        filled(
          16 * MIB - 100,
          '{"Operations":[{"op":"add","path":"displayName","value":[1',
          ',"123456789012345678"',
          ']}]}',
        ),
    ],
    ['group: 50,000 existing members', 'PUT', ownGroup, () => group({ members: own(members) })],
    ['group: the same again', 'PUT', ownGroup, () => group({ members: own(members) })],
    [
      'group: 25,000 removed, one PATCH',
      'PATCH',
      ownGroup,
      () => patch(1, () => ({ op: 'remove', path: 'members', value: own(members.slice(0, members.length / 2)) })),
    ],
    [
      'group: 25,000 added by 1,000 operations',
      'PATCH',
      ownGroup,
      () => patch(1000, (i) => ({ op: 'add', path: 'members', value: own(members.slice(i * 25, i * 25 + 25)) })),
    ],
    ['group: all members removed', 'PUT', ownGroup, () => group({ members: [] })],
  ].map(([name, method, path, body, operations = 1]) => ({ name, method, path, body, operations }));
}
