import { type Actor } from '@tidegate/contracts';
import { type Caller, type Person } from './caller.js';

/** Where a call comes from and what it is about. */
interface CallAbout {
  /** As `networkOf` gives it. */
  network: string | null;
  /** The integration that the call changes, when it is one. */
  integrationId?: string | undefined;
}

/**
 * The caller as the maker of a change.
 * @returns ids only; a person, and the person who made a key, has the id of its user in the integration, where there is one
 */
export function actorOf(caller: Caller, { network, integrationId }: CallAbout): Actor {
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
