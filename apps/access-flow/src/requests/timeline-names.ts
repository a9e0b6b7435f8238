import { type Actor, type Recipient, type TimelineEntry } from '@tidegate/contracts';
import { personOf } from '../common/acting-person.rule.js';
import { counted, listInWords } from '../common/in-words.rule.js';
import { type DirectoryNames } from '../directory/names.queries.js';
import { namedActor } from '../directory/names.rule.js';

/**
 * Who is named in a timeline.
 *
 * - `names`: the users and groups that can be named
 * - `shows`: whether the caller may see the name of a user or group
 */
export interface Naming {
  names: DirectoryNames;
  shows: (id: string) => boolean;
}

const KINDS: Record<Actor['kind'], string> = {
  person: 'A person',
  apiKey: 'An API key',
  scim: 'The identity provider',
  okta: 'Okta',
  system: 'Tidegate',
};

/** @returns the name of the user of an actor, or else its kind in words */
export function actorName(actor: Actor | null, { names, shows }: Naming): string {
  if (!actor) return 'An unknown actor';
  const userId = actor.kind === 'person' ? actor.userId : undefined;
  const name = userId !== undefined && shows(userId) ? names.users[userId]?.userName : undefined;
  return name ?? KINDS[actor.kind];
}

/** @returns the names that the caller may see, and the number of the others */
export function listOf(recipients: readonly Recipient[], { names, shows }: Naming): string {
  const all = recipients.map(({ kind, id }) => {
    if (kind === 'administrators' || id === null) return 'the administrators';
    if (!shows(id)) return null;
    return kind === 'user' ? (names.users[id]?.userName ?? id) : `the members of ${names.groups[id] ?? id}`;
  });
  const shown = [...new Set(all.filter((each) => each !== null))];
  const hidden = new Set(recipients.filter((_, index) => all[index] === null).map(({ id }) => id)).size;
  return listInWords([...shown, ...(hidden > 0 ? [counted(hidden, 'other')] : [])]) || 'no one';
}

/** @returns the users and groups that the caller may see, each once */
export function shownOf(recipients: readonly Recipient[], { names, shows }: Naming) {
  const shown = recipients.flatMap(({ kind, id }): (Recipient & { name: string | null })[] => {
    if (kind === 'administrators' || id === null) return [{ kind, id: null, name: null }];
    if (!shows(id)) return [];
    const name = kind === 'user' ? names.users[id]?.userName : names.groups[id];
    return [{ kind, id, name: name ?? null }];
  });
  return [...new Map(shown.map((each) => [`${each.kind} ${each.id}`, each])).values()];
}

/** @returns the actor with its name; only its kind if the caller may not see the user */
export function shownActor(actor: Actor | null, { names, shows }: Naming): TimelineEntry['actor'] {
  const userId = personOf(actor)?.userId;
  if (!actor || userId === undefined || shows(userId)) return namedActor(actor, names.users);
  return { kind: actor.kind } as TimelineEntry['actor'];
}
