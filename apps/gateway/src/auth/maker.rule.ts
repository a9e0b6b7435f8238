import { KEY_ISSUER, type KeyHolder, type Maker, type Person } from './caller.js';

/** The id of the key of the configuration, which has no row. */
export const CONFIGURED_KEY = 'configured';

/**
 * @returns the maker of what the caller makes. A person who logged in with an API key has no rights but those of the key,
 * so that the key is the maker
 */
export function makerOf(caller: KeyHolder | Person): Maker {
  if (caller.kind === 'key') return { kind: 'apiKey', keyId: caller.keyId };
  const { issuer, subject } = caller;
  return issuer === KEY_ISSUER ? { kind: 'apiKey', keyId: subject } : { kind: 'person', issuer, subject };
}
