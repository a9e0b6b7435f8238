import { type Received, type Reply } from './recording-server.js';

export interface FakeUser {
  id: string;
  userName: string;
  active: boolean;
  [attribute: string]: unknown;
}
export interface FakeGroup {
  id: string;
  displayName: string;
  members: { value: string; display: string }[];
}
interface Operation {
  op: string;
  path?: string;
  value?: Record<string, unknown> | FakeGroup['members'];
}

/** In-memory SCIM server of the fake Tidegate, limited to Okta's requests. */
export class FakeDirectory {
  readonly users: FakeUser[] = [];
  readonly groups: FakeGroup[] = [];
  /** Called when a user becomes inactive. */
  onDeactivated: (user: FakeUser) => void = () => undefined;
  onReplacedMembers: (group: FakeGroup) => void = () => undefined;

  respond({ method, body }: Received, path: string, query: URLSearchParams): Reply {
    const [, kind, id] = path.split('/');
    const sent = (body ? JSON.parse(body) : {}) as { Operations?: Operation[]; [key: string]: unknown };
    const list: (FakeUser | FakeGroup)[] = kind === 'Users' ? this.users : this.groups;
    if (method === 'POST') {
      const created = { ...sent, id: `${kind}-${list.length + 1}` } as unknown as FakeUser & FakeGroup;
      list.push(created);
      return { status: 201, body: created };
    }
    if (id === undefined) return { status: 200, body: page(list, query) };
    const found = list.find((each) => each.id === id);
    if (!found) return { status: 404, body: { detail: `no ${id}` } };
    const wasActive = (found as FakeUser).active;
    if (method === 'PUT') Object.assign(found, sent);
    for (const operation of sent.Operations ?? []) this.#apply(found as FakeUser & FakeGroup, operation);
    if (wasActive && !(found as FakeUser).active) this.onDeactivated(found as FakeUser);
    return { status: 200, body: found };
  }

  #apply(target: FakeUser & FakeGroup, { op, path, value }: Operation): void {
    if (op === 'remove')
      target.members = target.members.filter((member) => path !== `members[value eq "${member.value}"]`);
    else if (!Array.isArray(value)) merge(target, value ?? {});
    else if (op === 'add') target.members.push(...value);
    else {
      target.members = value;
      this.onReplacedMembers(target);
    }
  }
}

function merge(target: Record<string, unknown>, change: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(change)) {
    const before = target[key];
    if (key === 'name') target[key] = { ...(before as object), ...(value as object) };
    else target[key] = value;
  }
}

function page(list: (FakeUser | FakeGroup)[], query: URLSearchParams): unknown {
  const filter = /^(userName|displayName) eq "(.*)"$/.exec(query.get('filter') ?? '');
  const hits = filter ? list.filter((each) => (each as Record<string, unknown>)[filter[1] ?? ''] === filter[2]) : list;
  const start = Number(query.get('startIndex')) - 1;
  return { totalResults: hits.length, Resources: hits.slice(start, start + Number(query.get('count'))) };
}
