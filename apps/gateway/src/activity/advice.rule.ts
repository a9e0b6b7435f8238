import { type ClientWords } from './client-words.js';

/** What an administrator can do about a response, by status. */
const ADVICE: Readonly<Record<number, (client: ClientWords) => string>> = {
  400: ({ name, retry }) => `Check the attribute mapping in ${name} against the error, then ${retry}`,
  401: ({ name }) => `Enter a valid token in ${name}.`,
  403: ({ name }) => `Tidegate does not allow this to the integration. Changes in ${name} do not help.`,
  404: ({ recreate }) => `The user or group no longer exists in Tidegate. ${recreate}`,
  405: ({ name }) => `Check the base URL in ${name} against that of the integration.`,
  409: ({ retry }) => `Another user or group has this name. Find it in Tidegate, rename or remove it, then ${retry}`,
  412: ({ retry }) => `The resource was changed in the meantime: ${retry}`,
  413: () => 'Push smaller groups.',
  415: () => 'The client must send JSON as application/scim+json.',
  429: ({ repeats }) => `${repeats}. If it continues, check the logs of identity and of the broker.`,
  501: () => 'The client must not use this feature.',
};

/** @returns advice about a call that was refused or failed, in one or two sentences */
export function adviceFor(status: number, client: ClientWords): string {
  const advice = ADVICE[status];
  if (advice) return advice(client);
  const fault = 'This is an error in Tidegate. Search its logs for the request id';
  return status >= 500 ? `${fault}, then ${client.retry}` : `Read the error, then ${client.retry}`;
}
