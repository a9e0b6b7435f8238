import { isId } from '@tidegate/contracts';
import { ScimError } from '@tidegate/scim';

/**
 * @param what kind of resource, for the message
 * @returns the id, if it is well-formed
 * @throws ScimError notFound for malformed ids
 */
export function requireId(what: 'user' | 'group', id: string): string {
  if (isId(id)) return id;
  throw new ScimError('notFound', `No such ${what}.`);
}
