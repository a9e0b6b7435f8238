import { type Actor } from '@tidegate/contracts';

/** @returns the acting person, or the creator of the acting API key; undefined for other actors */
export const personOf = (actor: Actor | null) =>
  actor?.kind === 'person' ? actor : actor?.kind === 'apiKey' ? actor.maker : undefined;

/** @returns whether the actor is the user, or an API key that the user created */
export const isUser = (actor: Actor | null, userId: string): boolean => personOf(actor)?.userId === userId;

/** @returns whether both are the same person or API keys of that person, by login or by user */
export function isSamePerson(one: Actor | null, other: Actor | null): boolean {
  const [a, b] = [personOf(one), personOf(other)];
  if (!a || !b) return false;
  return (a.issuer === b.issuer && a.subject === b.subject) || (a.userId !== undefined && a.userId === b.userId);
}
