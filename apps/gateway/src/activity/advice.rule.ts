import { type ClientWords } from './client-words.js';

/** What an administrator is to do about an answer, by its status. */
const ADVICE: Readonly<Record<number, (client: ClientWords) => string>> = {
  400: ({ name, retry }) => `Compare the attribute mapping in ${name} with what the sentence names, then ${retry}`,
  401: ({ name }) => `Enter a token in ${name} that is in force.`,
  403: ({ name }) => `Nothing in ${name} helps: the integration may not do this.`,
  404: ({ recreate }) => `The user or group is not here any more. ${recreate}`,
  405: ({ name }) => `Compare the base URL in ${name} with that of the integration.`,
  409: ({ retry }) => `Something else has this name. Find it here, rename or remove it, then ${retry}`,
  412: ({ retry }) => `It was changed in the meantime: ${retry}`,
  413: () => 'Push smaller groups.',
  415: () => 'The client must send JSON as application/scim+json.',
  429: ({ repeats }) => `${repeats}; if it goes on, look at the logs of identity and of the broker.`,
  501: () => 'The client must do without this.',
};

/** @returns one sentence or two, for a call that did not go well */
export function adviceFor(status: number, client: ClientWords): string {
  const advice = ADVICE[status];
  if (advice) return advice(client);
  const fault = 'This is a fault of Tidegate: search its logs for the request id';
  return status >= 500 ? `${fault}, then ${client.retry}` : `Look at what it says, then ${client.retry}`;
}
