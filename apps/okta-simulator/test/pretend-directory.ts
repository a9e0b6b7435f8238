import { type Received, type Reply } from './recording-server.js';

export interface PretendUser {
  id: string;
  userName: string;
  active: boolean;
  [attribute: string]: unknown;
}
export interface PretendGroup {
  id: string;
  displayName: string;
  members: { value: string; display: string }[];
}
interface Operation {
  op: string;
  path?: string;
  value?: Record<string, unknown> | PretendGroup['members'];
}

/** The SCIM half of a pretended Tidegate: just what Okta's requests need, kept in memory. */
export class PretendDirectory {
  readonly users: PretendUser[] = [];
  readonly groups: PretendGroup[] = [];
  /** Called when a user was active and is not any more. */
  onDeactivated: (user: PretendUser) => void = () => undefined;
  onReplacedMembers: (group: PretendGroup) => void = () => undefined;

  answer({ method, body }: Received, path: string, query: URLSearchParams): Reply {
    const [, kind, id] = path.split('/');
    const sent = (body ? JSON.parse(body) : {}) as { Operations?: Operation[]; [key: string]: unknown };
    const list: (PretendUser | PretendGroup)[] = kind === 'Users' ? this.users : this.groups;
    if (method === 'POST') {
      const made = { ...sent, id: `${kind}-${list.length + 1}` } as unknown as PretendUser & PretendGroup;
      list.push(made);
      return { status: 201, body: made };
    }
    if (id === undefined) return { status: 200, body: page(list, query) };
    const found = list.find((each) => each.id === id);
    if (!found) return { status: 404, body: { detail: `no ${id}` } };
    const wasActive = (found as PretendUser).active;
    if (method === 'PUT') Object.assign(found, sent);
    for (const operation of sent.Operations ?? []) this.#apply(found as PretendUser & PretendGroup, operation);
    if (wasActive && !(found as PretendUser).active) this.onDeactivated(found as PretendUser);
    return { status: 200, body: found };
  }

  #apply(target: PretendUser & PretendGroup, { op, path, value }: Operation): void {
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

function page(list: (PretendUser | PretendGroup)[], query: URLSearchParams): unknown {
  const wanted = /^(userName|displayName) eq "(.*)"$/.exec(query.get('filter') ?? '');
  const hits = wanted ? list.filter((each) => (each as Record<string, unknown>)[wanted[1] ?? ''] === wanted[2]) : list;
  const start = Number(query.get('startIndex')) - 1;
  return { totalResults: hits.length, Resources: hits.slice(start, start + Number(query.get('count'))) };
}
