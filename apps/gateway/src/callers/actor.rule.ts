import { type Actor } from '@tidegate/contracts';
import { type Caller, type Person } from './caller.js';

/** The network and the subject of a call. */
interface CallContext {
  /** As returned by `networkOf`. */
  network: string | null;
  /** The integration that the call changes, if it is a single one. */
  integrationId?: string | undefined;
}

/**
 * Describes a caller as the actor of a change.
 * @returns ids only; for a person and the creator of a key with the id of their user in the integration, if any
 */
export function actorOf(caller: Caller, { network, integrationId }: CallContext): Actor {
  const from = network === null ? {} : { network };
  switch (caller.kind) {
    case 'scim':
      return { kind: 'scim', integrationId: caller.integrationId, credentialId: caller.credential.id, ...from };
    case 'key': {
      const { keyId, name, person } = caller;
      return { kind: 'apiKey', keyId, name, ...(person ? { maker: personIn(person, integrationId) } : {}), ...from };
    }
    case 'person':
      return { kind: 'person', ...personIn(caller, integrationId), ...from };
  }
}

function personIn(
  { issuer, subject, users }: Pick<Person, 'issuer' | 'subject' | 'users'>,
  integrationId: string | undefined,
): { issuer: string; subject: string; userId?: string } {
  const userId = integrationId === undefined ? undefined : users[integrationId];
  return { issuer, subject, ...(userId === undefined ? {} : { userId }) };
}
