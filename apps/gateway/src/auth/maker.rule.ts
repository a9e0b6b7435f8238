import { KEY_ISSUER, type ApiKeyCaller, type Maker, type Person } from '../callers/caller.js';

/** The id of the configured key, which is not stored. */
export const CONFIGURED_KEY = 'configured';

/**
 * @returns the caller as creator. For a person who logged in with an API key it is the key, which is the source of their
 *   rights
 */
export function makerOf(caller: ApiKeyCaller | Person): Maker {
  if (caller.kind === 'key') return { kind: 'apiKey', keyId: caller.keyId };
  const { issuer, subject } = caller;
  return issuer === KEY_ISSUER ? { kind: 'apiKey', keyId: subject } : { kind: 'person', issuer, subject };
}
