import { isId } from '@tidegate/contracts';
import { ScimError } from '@tidegate/scim';

/**
 * @param what the kind of resource, for the sentence
 * @returns the id, if it can be one of ours
 * @throws ScimError notFound for any other text: clients ask for whatever they once stored
 */
export function knownId(what: 'user' | 'group', id: string): string {
  if (isId(id)) return id;
  throw new ScimError('notFound', `There is no such ${what}.`);
}
