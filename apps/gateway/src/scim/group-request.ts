import { type CommandData, isId } from '@tidegate/contracts';
import {
  groupChangeSteps,
  patchSteps,
  resourceSteps,
  type ScimAttributes,
  ScimError,
  type Steps,
} from '@tidegate/scim';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readInTurn } from '../http/read-in-turn.js';
import { type ScimCall } from './scim-call.js';

/** From so many members on they travel as their ids alone, and so do those of a PATCH from so many bytes on. */
const MANY_MEMBERS = 1_000;
const MANY_BYTES = 64 * 1024;
/** Characters of the operations of a PATCH that are not about members. */
const MOST_BESIDE_MEMBERS = 1024 * 1024;
/** Values that are counted in one step. */
const LOOKS = 5_000;

/**
 * A group as it was sent, read in slices. Of many members only the ids are left, which is all that identity
 * asks of them, and those as one text: to write and read a hundred thousand texts holds the event loop.
 * @throws ScimError as `parseResource`
 */
export async function groupOf(call: ScimCall, body: unknown): Promise<ScimAttributes> {
  const steps = resourceSteps(call.types.Group, body);
  const attributes = await readInTurn(call.integrationId, call.bodyLength, steps);
  const { members } = attributes;
  if (!Array.isArray(members) || members.length <= MANY_MEMBERS) return attributes;
  const ids = members.map((member) => (member as { value: string }).value);
  await nextTurn();
  return { ...attributes, members: ids.every(isId) ? ids.join(',') : ids };
}

/**
 * What a PATCH asks of a group, read in slices. Of a big one the changes of members are told by ids.
 * @throws ScimError as `parsePatch` and, for a big one, as `groupChanges`; tooLarge when what is left beside members is
 *   more than any other body may have
 */
export async function groupPatchOf(
  call: ScimCall,
  body: unknown,
): Promise<Pick<CommandData<'groups.patch'>, 'operations' | 'members'>> {
  const { integrationId, bodyLength } = call;
  const operations = await readInTurn(integrationId, bodyLength, patchSteps(body, call.profile.dialect));
  if (bodyLength <= MANY_BYTES) return { operations };
  const changes = groupChangeSteps(call.types.Group, operations);
  const { attributeOperations, members } = await readInTurn(integrationId, bodyLength, changes);
  await readInTurn(integrationId, bodyLength, bounded(attributeOperations));
  return { operations: attributeOperations, members };
}

/** Bounds what is sent on as it came, before it is written as one text. */
function* bounded(operations: readonly unknown[]): Steps<void> {
  let length = 0;
  const rest: unknown[] = [...operations];
  for (let looks = 0; rest.length > 0; looks++) {
    if (looks % LOOKS === LOOKS - 1) yield;
    const value = rest.pop();
    length += typeof value === 'string' ? value.length : 2;
    if (length > MOST_BESIDE_MEMBERS) throw new ScimError('tooLarge', 'The request is too large.');
    if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) length += name.length;
        rest.push(inner);
      }
  }
}
