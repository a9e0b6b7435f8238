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
import { parseInSteps } from '../http/read-in-turn.js';
import { type ScimCall } from './scim-call.js';

/** Above these limits only the ids of members are sent to identity. */
const MANY_MEMBERS = 1_000;
const MANY_BYTES = 64 * 1024;
/** Maximum characters of the operations of a PATCH that do not change members. */
const MAX_OTHER_CHARACTERS = 1024 * 1024;
/** Values counted per step. */
const VALUES_PER_STEP = 5_000;

/**
 * Parses a group in steps. Many members are reduced to their ids in one string, because serializing a hundred thousand
 * strings blocks the event loop.
 * @throws ScimError as `parseResource`
 */
export async function groupOf(call: ScimCall, body: unknown): Promise<ScimAttributes> {
  const steps = resourceSteps(call.types.Group, body);
  const attributes = await parseInSteps(call.integrationId, call.bodyLength, steps);
  const { members } = attributes;
  if (!Array.isArray(members) || members.length <= MANY_MEMBERS) return attributes;
  const ids = members.map((member) => (member as { value: string }).value);
  await nextTurn();
  return { ...attributes, members: ids.every(isId) ? ids.join(',') : ids };
}

/**
 * Parses a PATCH of a group in steps. In large ones, changes of members are reduced to ids.
 * @throws ScimError as `parsePatch` and, for a large one, as `groupChanges`; tooLarge when the other operations exceed the
 *   limit of bodies
 */
export async function groupPatchOf(
  call: ScimCall,
  body: unknown,
): Promise<Pick<CommandData<'groups.patch'>, 'operations' | 'members'>> {
  const { integrationId, bodyLength } = call;
  const operations = await parseInSteps(integrationId, bodyLength, patchSteps(body, call.profile.dialect));
  if (bodyLength <= MANY_BYTES) return { operations };
  const changes = groupChangeSteps(call.types.Group, operations);
  const { attributeOperations, members } = await parseInSteps(integrationId, bodyLength, changes);
  await parseInSteps(integrationId, bodyLength, bounded(attributeOperations));
  return { operations: attributeOperations, members };
}

/** Limits the size of values that are forwarded unparsed. @throws ScimError tooLarge */
function* bounded(operations: readonly unknown[]): Steps<void> {
  let length = 0;
  const rest: unknown[] = [...operations];
  for (let count = 0; rest.length > 0; count++) {
    if (count % VALUES_PER_STEP === VALUES_PER_STEP - 1) yield;
    const value = rest.pop();
    length += typeof value === 'string' ? value.length : 2;
    if (length > MAX_OTHER_CHARACTERS)
      throw new ScimError('tooLarge', 'The operations that do not change members are too large. Split the request.');
    if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) length += name.length;
        rest.push(inner);
      }
  }
}
