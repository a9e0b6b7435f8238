import { type IntegrationTypeId } from '../integrations/catalog.js';

/** Instructions for the identity provider, which differ by type: sentences or parts of them. */
export interface ClientWords {
  /** Name inside a sentence. */
  name: string;
  /** How to run its connection test; undefined when the test looks like other calls. */
  test: string | undefined;
  pushUsers: string;
  pushGroups: string;
  deactivate: string;
  /** How to push a deleted resource again. */
  recreate: string;
  /** How to retry; the end of a sentence. */
  retry: string;
  /** How calls with the response 429 are retried; a sentence without full stop. */
  repeats: string;
}

const WORDS: Readonly<Record<IntegrationTypeId, ClientWords>> = {
  'okta-scim': {
    name: 'Okta',
    test: 'Press "Test API Credentials" in Okta.',
    pushUsers: 'Enable "Create Users" under "To App" in Okta and assign a user to the app.',
    pushGroups: 'Choose the groups in Okta under "Push Groups".',
    deactivate: 'Enable "Deactivate Users" in Okta and unassign a test user.',
    recreate: 'In Okta, unassign and reassign the user, or push the group again.',
    retry: 'retry the task in Okta.',
    repeats: 'Okta retries automatically',
  },
  // Its test looks up a user that does not exist, like any other lookup
  // (https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups).
  'entra-scim': {
    name: 'Entra ID',
    test: undefined,
    pushUsers: 'Assign a user to the application in Entra ID and start provisioning.',
    pushGroups: 'Assign a group to the application in Entra ID and check that groups are mapped.',
    deactivate: 'In Entra ID, remove a test user from the application.',
    recreate: 'In Entra ID, choose "Restart provisioning".',
    retry: 'wait for the next cycle of Entra ID, or provision on demand.',
    repeats: 'Entra ID retries in its next cycle',
  },
  'generic-scim': {
    name: 'the client',
    test: undefined,
    pushUsers: 'Create a user with the client.',
    pushGroups: 'Create a group with the client.',
    deactivate: 'Set "active" of a test user to false with the client.',
    recreate: 'Create it again with the client.',
    retry: 'send the call again.',
    repeats: 'Send the call again',
  },
};

/** @param type of the integration @returns its instructions; generic ones for an unknown type */
export function clientWords(type: string): ClientWords {
  return Object.hasOwn(WORDS, type) ? WORDS[type as IntegrationTypeId] : WORDS['generic-scim'];
}
