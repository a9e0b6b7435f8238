import { type IntegrationTypeId } from '../integrations/catalog.js';

/** What an administrator is told to do at the other side, which differs from one to the next. Sentences, or parts of them. */
export interface ClientWords {
  /** Inside a sentence. */
  name: string;
  /** Its connection test, where that can be told from other calls; no check where it cannot. */
  test: string | undefined;
  pushUsers: string;
  pushGroups: string;
  deactivate: string;
  /** What brings back what is not here any more. */
  recreate: string;
  /** Ends a sentence that begins with a cause. */
  retry: string;
  /** Of a call that was answered 429. */
  repeats: string;
}

const WORDS: Readonly<Record<IntegrationTypeId, ClientWords>> = {
  'okta-scim': {
    name: 'Okta',
    test: 'Press "Test API Credentials" in Okta.',
    pushUsers: 'Enable "Create Users" under "To App" in Okta and assign somebody to the app.',
    pushGroups: 'Choose the groups in Okta under "Push Groups".',
    deactivate: 'Enable "Deactivate Users" in Okta and unassign a person who only tests.',
    recreate: 'In Okta unassign and assign it again, or push the group again.',
    retry: 'retry the task in Okta.',
    repeats: 'Okta repeats it by itself',
  },
  // It tests by looking for a user that is not there, as it looks for any other
  // (https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups).
  'entra-scim': {
    name: 'Entra ID',
    test: undefined,
    pushUsers: 'Assign somebody to the application in Entra ID and start provisioning.',
    pushGroups: 'Assign a group to the application in Entra ID and see that groups are mapped.',
    deactivate: 'In Entra ID take a person who only tests out of the application.',
    recreate: 'In Entra ID choose "Restart provisioning".',
    retry: 'wait for the next cycle of Entra ID, or provision on demand.',
    repeats: 'Entra ID repeats it in its next cycle',
  },
  'generic-scim': {
    name: 'the client',
    test: undefined,
    pushUsers: 'Have the client create one.',
    pushGroups: 'Have the client create one.',
    deactivate: 'Have the client set "active" of a person who only tests to false.',
    recreate: 'Have the client create it again.',
    retry: 'have the client send it again.',
    repeats: 'Have the client repeat it',
  },
};

/** @param type of the integration */
export function clientWords(type: string): ClientWords {
  return Object.hasOwn(WORDS, type) ? WORDS[type as IntegrationTypeId] : WORDS['generic-scim'];
}
