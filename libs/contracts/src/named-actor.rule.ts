import { type ActingPerson, type Actor, type NamedActor } from './context.js';

/** @returns the ids of the users in an actor; they are users of the integration of the change */
export function userIdsOf(actor: Actor | null): string[] {
  const person = actor?.kind === 'person' ? actor : actor?.kind === 'apiKey' ? actor.maker : undefined;
  return person?.userId === undefined ? [] : [person.userId];
}

/**
 * @param nameOf returns the userName of a user; undefined if it is unknown
 * @returns the actor with the names of its users
 */
export function actorWithNames<A extends Actor | null>(
  actor: A,
  nameOf: (userId: string) => string | undefined,
): A | NamedActor {
  const nameIn = ({ userId }: ActingPerson): { userName?: string } => {
    const userName = userId === undefined ? undefined : nameOf(userId);
    return userName === undefined ? {} : { userName };
  };
  if (actor?.kind === 'person') return { ...actor, ...nameIn(actor) };
  if (actor?.kind === 'apiKey' && actor.maker) return { ...actor, maker: { ...actor.maker, ...nameIn(actor.maker) } };
  return actor;
}
