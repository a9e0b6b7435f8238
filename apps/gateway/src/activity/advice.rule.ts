const REPEAT = 'Okta repeats it by itself; if it goes on, look at the logs of identity and of the broker.';

/** What an administrator is to do about an answer, by its status. */
const ADVICE: Readonly<Record<number, string>> = {
  400: 'Compare the attribute mapping in Okta with what the sentence names, then retry the task.',
  401: 'Enter a token in Okta that is in force.',
  403: 'Nothing in Okta helps: the integration may not do this.',
  404: 'The user or group is not here any more. In Okta unassign and assign it again, or push the group again.',
  405: 'Compare the base URL in Okta with that of the integration.',
  409: 'Something else has this name. Find it here, rename or remove it, then retry the task.',
  412: 'It was changed in the meantime. Retry the task.',
  413: 'Push smaller groups.',
  415: 'The client must send JSON as application/scim+json.',
  429: REPEAT,
  501: 'The client must do without this.',
};
const FAULT = 'This is a fault of Tidegate: search its logs for the request id, then retry the task in Okta.';

/** @returns one sentence or two, for a call that did not go well */
export function adviceFor(status: number): string {
  return ADVICE[status] ?? (status >= 500 ? FAULT : 'Retry the task in Okta.');
}
