import { type Actor } from '@tidegate/contracts';

/** The person who acts, or who made the acting key; undefined where no person is known. */
export const personOf = (actor: Actor | null) =>
  actor?.kind === 'person' ? actor : actor?.kind === 'apiKey' ? actor.maker : undefined;

/** Whether the actor is the user, or a key that the user made. */
export const isUser = (actor: Actor | null, userId: string): boolean => personOf(actor)?.userId === userId;
