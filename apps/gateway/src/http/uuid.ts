const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text can be an id of ours, as we write them: what cannot is unknown, and need not be looked up. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}
