import { type ClientWords } from './client-words.js';

/** Advice to an administrator about a response, by status. */
const ADVICE: Readonly<Record<number, (client: ClientWords) => string>> = {
  400: ({ name, retry }) => `Correct the attribute mapping in ${name} as the error says, then ${retry}`,
  401: ({ name }) => `Enter a valid token in ${name}.`,
  403: ({ name }) =>
    `Tidegate refuses this for the whole integration. Check whether the integration is disabled. Changes in ${name} do not help.`,
  404: ({ recreate }) => `The user or group no longer exists in Tidegate. ${recreate}`,
  405: ({ name }) => `The base URL in ${name} is wrong. Enter the base URL of the integration.`,
  409: ({ retry }) => `Another user or group has this name. Find it in Tidegate, rename or remove it, then ${retry}`,
  412: ({ retry }) => `Another call changed the user or group first. Read it again, then ${retry}`,
  413: () => 'The body is too large. Push smaller groups.',
  415: () => 'The client must send JSON as application/scim+json.',
  429: ({ repeats }) => `${repeats}. If it continues, check the logs of identity and of the broker.`,
  501: () => 'Tidegate does not support this feature. The client must not use it.',
};

/** @returns advice about a call that was refused or failed, in one or two sentences */
export function adviceFor(status: number, client: ClientWords): string {
  const advice = ADVICE[status];
  if (advice) return advice(client);
  const fault = 'This is an error in Tidegate. Search its logs for the request id';
  return status >= 500 ? `${fault}, then ${client.retry}` : `Read the error, then ${client.retry}`;
}
