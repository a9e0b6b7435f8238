import { type Actor } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { covers } from '../../callers/roles.js';
import { type ActorView } from './actor.view.js';

/**
 * @returns the actor with the details that the caller may see: members see only the kind, the user and the name of an
 * API key; callers with the scope for the integration see everything
 */
export function shownActor({ reach }: Access, integrationId: string, actor: Actor | null): ActorView | null {
  if (!actor || covers(reach, integrationId)) return actor;
  const { kind, userId, name } = actor as ActorView;
  return { kind, ...(userId !== undefined && { userId }), ...(name !== undefined && { name }) };
}
