import { ScimError } from '../errors.js';
import { type Filter } from '../filter/ast.js';
import { itemMatcher } from '../filter/match.js';
import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { tolerates } from '../quirks.js';
import { type ResourceType } from '../schema/attribute.js';
import { GROUP_SCHEMA } from '../schema/group.js';
import { type AttributePath, resolveAttribute } from '../schema/resolve.js';
import { parsePath } from '../filter/parse.js';
import { atOnce, type Steps } from '../steps.js';
import { foldCase, cachedFold } from '../text.js';
import { valueSteps } from '../values.js';
import { type PatchOperation } from './message.js';
import { type Change, changesOf } from './target.js';

/**
 * One step of a change of members by id, without duplicates. `replace` sets exactly these members. Adjacent steps of one
 * kind are merged, except removals when each of them must match a member.
 */
export type MembersById = { kind: 'add' | 'remove' | 'replace'; ids: string[] };
/** One step of a change of members. `removeWhere` removes the members that match the filter at that point. */
export type MemberChange = MembersById | { kind: 'removeWhere'; filter: Filter };

type Step = { kind: MembersById['kind']; ids: Set<string> } | Extract<MemberChange, { kind: 'removeWhere' }>;

const MEMBERS = GROUP_SCHEMA.attributes.find(({ name }) => name === 'members')!;

/**
 * Splits the PATCH of a group, so that members need not be loaded when they are given by id (RFC 7644 §3.5.2), as Okta and
 * Entra ID do: `members` with an array, an object or null; `members[value eq "x"]`, also joined by `or`; a value without
 * path; `remove` with a value (those members) and without (all members). Any other filter becomes `removeWhere`.
 * @returns the operations for `applyPatch`, and the changes of members in order, with adjacent changes of one kind merged
 * @throws ScimError invalidValue for a member without `value`, invalidPath when members are added other than by id or
 *   selected by `$ref`, invalidFilter, mutability for a change inside a member
 */
export function groupChanges(type: ResourceType, operations: readonly PatchOperation[]): GroupChanges {
  return atOnce(groupChangeSteps(type, operations));
}

export interface GroupChanges {
  /** The operations for `applyPatch`. */
  attributeOperations: PatchOperation[];
  members: MemberChange[];
}

/** `groupChanges` in steps. */
export function* groupChangeSteps(type: ResourceType, operations: readonly PatchOperation[]): Steps<GroupChanges> {
  const attributeOperations: PatchOperation[] = [];
  const members: Step[] = [];
  for (const operation of operations) {
    const changes = changesOf(type, operation).filter(({ target }) => target.attribute === MEMBERS);
    yield;
    for (const change of changes) append(type, members, yield* memberChange(type, change));
    if (changes.length === 0) attributeOperations.push(operation);
    else if (isObject(operation.value) && !isMembersPath(type, operation.path)) {
      const value = withoutMembers(type, operation.value);
      if (Object.keys(value).length > 0) attributeOperations.push({ ...operation, value });
    }
  }
  return {
    attributeOperations,
    members: members.map((step) => ('ids' in step ? { ...step, ids: [...step.ids] } : step)),
  };
}

/**
 * Compiles a filter that selects members.
 * @returns a function that tests whether a member matches; the member needs no `$ref`
 * @throws ScimError invalidFilter
 */
export function memberMatcher(filter: Filter): (member: ScimAttributes) => boolean {
  return itemMatcher(MEMBERS, filter, cachedFold());
}

function* memberChange(type: ResourceType, { op, target, value }: Change): Steps<MemberChange> {
  if (target.sub) throw new ScimError('mutability', 'Members cannot be changed. Remove the member and add it again.');
  if (target.filter) {
    if (op === 'replace')
      throw new ScimError('mutability', 'Members cannot be changed. Remove the member and add it again.');
    return filteredMembers(op, target.filter);
  }
  if (op === 'remove' && (value === undefined || value === null)) return { kind: 'replace', ids: [] };
  return { kind: op, ids: yield* idsOfValue(type, value) };
}

function* idsOfValue({ dialect }: ResourceType, value: JsonValue | undefined): Steps<string[]> {
  const items = yield* valueSteps({ dialect, fold: foldCase }, MEMBERS, value);
  return Array.isArray(items) ? items.flatMap((item) => (isObject(item) ? [item['value'] as string] : [])) : [];
}

function filteredMembers(op: 'add' | 'remove', filter: Filter): MemberChange {
  const ids = idsOfFilter(filter);
  if (ids) return { kind: op, ids: [...new Set(ids)] };
  if (op === 'add') throw new ScimError('invalidPath', 'To add members by a path, use members[value eq "id"].');
  memberMatcher(filter);
  if (namesReference(filter)) throw new ScimError('invalidPath', 'Members cannot be selected by "$ref". Use "value".');
  return { kind: 'removeWhere', filter };
}

/** The ids that a filter names by `eq`, joined by `or`; undefined for any other filter. */
function idsOfFilter(filter: Filter): string[] | undefined {
  if (filter.kind === 'or') {
    const ids = filter.operands.map(idsOfFilter);
    return ids.every((operandIds) => operandIds !== undefined) ? ids.flat() : undefined;
  }
  const isId = filter.kind === 'compare' && filter.operator === 'eq' && isPlain(filter.path, 'value');
  return isId && typeof filter.value === 'string' ? [filter.value] : undefined;
}

/** `$ref` is derived from the URL of the request and not stored, so members cannot be selected by it. */
function namesReference(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.some(namesReference);
    case 'not':
      return namesReference(filter.operand);
    case 'valuePath':
      return namesReference(filter.filter);
    case 'compare':
    case 'present':
      return isPlain(filter.path, '$ref');
  }
}

const isPlain = ({ urn, attribute, sub }: AttributePath, name: string): boolean =>
  urn === undefined && sub === undefined && attribute.toLowerCase() === name;

function append({ dialect }: ResourceType, steps: Step[], change: MemberChange): void {
  if (change.kind === 'removeWhere') {
    steps.push(change);
    return;
  }
  const { kind, ids } = change;
  const last = steps.at(-1);
  const merges = kind === 'add' || (kind === 'remove' && tolerates(dialect, 'removeOfNothing'));
  if (last?.kind === kind && merges && 'ids' in last) ids.forEach((id) => last.ids.add(id));
  else steps.push({ kind, ids: new Set(ids) });
}

function isMembersPath(type: ResourceType, path: string | undefined): boolean {
  return path !== undefined && resolveAttribute(type, parsePath(path).path)?.attribute === MEMBERS;
}

/** The value of an operation without path, or with the core URN as path, without its members. */
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
