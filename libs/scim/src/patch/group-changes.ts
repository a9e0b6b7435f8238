import { ScimError } from '../errors.js';
import { type Filter } from '../filter/ast.js';
import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { tolerates } from '../quirks.js';
import { type ResourceType } from '../schema/attribute.js';
import { GROUP_SCHEMA } from '../schema/group.js';
import { resolveAttribute } from '../schema/resolve.js';
import { parsePath } from '../filter/parse.js';
import { foldCase } from '../text.js';
import { parseValue } from '../values.js';
import { type PatchOperation } from './message.js';
import { type Change, changesOf } from './target.js';

/**
 * One step of a change of members; `ids` without duplicates. `replace` makes the members exactly these. Steps are joined
 * with their neighbours of the same kind, but for removals of which each must meet somebody.
 */
export type MemberChange = { kind: 'add' | 'remove' | 'replace'; ids: string[] };

type Step = { kind: MemberChange['kind']; ids: Set<string> };

const MEMBERS = GROUP_SCHEMA.attributes.find(({ name }) => name === 'members')!;

/**
 * Splits the PATCH of a group, so that members never need loading (RFC 7644 §3.5.2). Every form that Okta and Entra ID
 * send is known: `members` with an array, an object or null; `members[value eq "x"]`, joined by `or` too; a value
 * without path; `remove` with a value (those) and without (all).
 * @returns what is left for `applyPatch`, and the changes of members in order, neighbours of one kind joined
 * @throws ScimError invalidValue for a member without `value`, invalidPath for paths that name members otherwise than
 *   by id, mutability for a change inside a member
 */
export function groupChanges(
  type: ResourceType,
  operations: readonly PatchOperation[],
): { attributeOperations: PatchOperation[]; members: MemberChange[] } {
  const attributeOperations: PatchOperation[] = [];
  const members: Step[] = [];
  for (const operation of operations) {
    const mentions = changesOf(type, operation).filter(({ target }) => target.attribute === MEMBERS);
    for (const change of mentions) append(type, members, memberChange(type, change));
    if (mentions.length === 0) attributeOperations.push(operation);
    else if (isObject(operation.value) && !isMembersPath(type, operation.path)) {
      const value = withoutMembers(type, operation.value);
      if (Object.keys(value).length > 0) attributeOperations.push({ ...operation, value });
    }
  }
  return { attributeOperations, members: members.map(({ kind, ids }) => ({ kind, ids: [...ids] })) };
}

function memberChange(type: ResourceType, { op, target, value }: Change): MemberChange {
  if (target.sub) throw new ScimError('mutability', 'A member cannot be changed, only added and removed.');
  if (target.filter) {
    if (op === 'replace') throw new ScimError('mutability', 'A member cannot be changed, only added and removed.');
    return { kind: op, ids: idsOfFilter(target.filter) };
  }
  if (op === 'remove' && (value === undefined || value === null)) return { kind: 'replace', ids: [] };
  return { kind: op, ids: idsOfValue(type, value) };
}

function idsOfValue({ dialect }: ResourceType, value: JsonValue | undefined): string[] {
  const items = parseValue({ dialect, fold: foldCase }, MEMBERS, value);
  return Array.isArray(items) ? items.flatMap((item) => (isObject(item) ? [item['value'] as string] : [])) : [];
}

function idsOfFilter(filter: Filter): string[] {
  if (filter.kind === 'or') return [...new Set(filter.operands.flatMap(idsOfFilter))];
  const isId =
    filter.kind === 'compare' &&
    filter.operator === 'eq' &&
    filter.path.urn === undefined &&
    filter.path.sub === undefined &&
    filter.path.attribute.toLowerCase() === 'value';
  if (!isId || typeof filter.value !== 'string') {
    throw new ScimError('invalidPath', 'Members are chosen by members[value eq "id"], joined by "or".');
  }
  return [filter.value];
}

function append({ dialect }: ResourceType, steps: Step[], { kind, ids }: MemberChange): void {
  const last = steps.at(-1);
  const joins = kind === 'add' || (kind === 'remove' && tolerates(dialect, 'removeOfNothing'));
  if (last?.kind === kind && joins) ids.forEach((id) => last.ids.add(id));
  else steps.push({ kind, ids: new Set(ids) });
}

function isMembersPath(type: ResourceType, path: string | undefined): boolean {
  return path !== undefined && resolveAttribute(type, parsePath(path).path)?.attribute === MEMBERS;
}

/** The value of an operation without path, or with the core URN as path, without what it says about members. */
function withoutMembers(type: ResourceType, value: ScimAttributes): ScimAttributes {
  const kept = Object.entries(value).flatMap(([name, entry]): [string, JsonValue][] => {
    if (name.toLowerCase() === GROUP_SCHEMA.id.toLowerCase()) {
      const inner = isObject(entry) ? withoutMembers(type, entry) : {};
      return Object.keys(inner).length > 0 ? [[name, inner]] : [];
    }
    return namesMembers(type, name) ? [] : [[name, entry]];
  });
  return Object.fromEntries(kept);
}

function namesMembers(type: ResourceType, name: string): boolean {
  try {
    return isMembersPath(type, name);
  } catch {
    return false;
  }
}
