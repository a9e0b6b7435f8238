import { type Access } from '../../callers/access.rule.js';
import { covers } from '../../callers/roles.js';
import { type NamedActor } from '@tidegate/contracts';
import { type ActorView } from '@tidegate/contracts/dto';

/**
 * @returns the actor with the details that the caller may see: members see only the kind, the user with its name, and the
 * name of an API key; callers with the scope for the integration see everything
 */
export function shownActor({ reach }: Access, integrationId: string, actor: NamedActor | null): NamedActor | null {
  if (!actor || covers(reach, integrationId)) return actor;
  const { kind, userId, userName, name } = actor as ActorView;
  const shown: ActorView = {
    kind,
    ...(userId !== undefined && { userId }),
    ...(userName !== undefined && { userName }),
    ...(name !== undefined && { name }),
  };
  return shown as NamedActor; // responses declare every member except the kind as optional
}
