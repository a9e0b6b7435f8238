import { type Actor } from '@tidegate/contracts';
import { type Access } from '../auth/access.rule.js';
import { covers } from '../auth/roles.js';
import { type ActorView } from './dto/actor.view.js';

/**
 * Who made a change, as far as a caller may see it. Members see the kind, the user of their integration and the name of a
 * key; logins, keys' ids and networks of others are for those who may read everything there.
 */
export function shownActor({ reach }: Access, integrationId: string, actor: Actor | null): ActorView | null {
  if (!actor || covers(reach, integrationId)) return actor;
  const { kind, userId, name } = actor as ActorView;
  return { kind, ...(userId !== undefined && { userId }), ...(name !== undefined && { name }) };
}
