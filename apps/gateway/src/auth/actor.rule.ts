import { type Actor } from '@tidegate/contracts';
import { type Caller } from './caller.js';

/** Where a call comes from and what it is about. */
interface CallAbout {
  /** As `networkOf` gives it. */
  network: string | null;
  /** The integration that the call changes, when it is one. */
  integrationId?: string | undefined;
}

/**
 * The caller as the maker of a change.
 * @returns ids only; a person has the id of its user in the integration, where there is one
 */
export function actorOf(caller: Caller, { network, integrationId }: CallAbout): Actor {
  const from = network === null ? {} : { network };
  switch (caller.kind) {
    case 'scim':
      return { kind: 'scim', integrationId: caller.integrationId, credentialId: caller.credential.id, ...from };
    case 'key':
      return { kind: 'apiKey', keyId: caller.keyId, name: caller.name, ...from };
    case 'person': {
      const userId = integrationId === undefined ? undefined : caller.users[integrationId];
      const { issuer, subject } = caller;
      return { kind: 'person', issuer, subject, ...(userId === undefined ? {} : { userId }), ...from };
    }
  }
}
