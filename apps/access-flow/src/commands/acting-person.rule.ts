import { type Actor } from '@tidegate/contracts';

/** The person who acts, or who made the acting key; undefined where no person is known. */
export const personOf = (actor: Actor | null) =>
  actor?.kind === 'person' ? actor : actor?.kind === 'apiKey' ? actor.maker : undefined;

/** Whether the actor is the user, or a key that the user made. */
export const isUser = (actor: Actor | null, userId: string): boolean => personOf(actor)?.userId === userId;

/** Whether both are, or are keys of, one person: by the login, or by the user that both are. */
export function isSamePerson(one: Actor | null, other: Actor | null): boolean {
  const [a, b] = [personOf(one), personOf(other)];
  if (!a || !b) return false;
  return (a.issuer === b.issuer && a.subject === b.subject) || (a.userId !== undefined && a.userId === b.userId);
}
