import { type Actor } from '@tidegate/contracts';

/** @returns the acting person, or the maker of the acting API key; undefined for other actors */
export const personOf = (actor: Actor | null) =>
  actor?.kind === 'person' ? actor : actor?.kind === 'apiKey' ? actor.maker : undefined;

/** @returns whether the actor is the user, or an API key that the user made */
export const isUser = (actor: Actor | null, userId: string): boolean => personOf(actor)?.userId === userId;
