const DATE_TIME =
  /^-?(\d{4,9})-(\d\d)-(\d\d)T(?:([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,20})?|24:00:00(?:\.0{1,20})?)(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?$/;
const BASE64 = /^[a-z\d+/]*={0,2}$/i;
/** The characters of RFC 3986 §2, with "%" only before two hexadecimal digits. */
const URI_CHARACTERS = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})+$/i;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/** Whether a string is an xsd:dateTime with date and time (RFC 7643 §2.3.5) on an existing day. */
export function isDateTime(text: string): boolean {
  const [, year, month, day] = DATE_TIME.exec(text)?.map(Number) ?? [];
  if (!year || !month || !day || month > 12) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}

/** Whether a string is base64, with or without padding (RFC 7643 §2.3.6, RFC 4648 §4). */
export function isBase64(text: string): boolean {
  const length = text.replace(/=+$/, '').length;
  return BASE64.test(text) && length % 4 !== 1 && (length === text.length || text.length % 4 === 0);
}

/** Whether a string is a URI (RFC 7643 §2.3.7): absolute for an external resource, otherwise absolute or relative. */
export function isReference(text: string, referenceTypes: readonly string[] = []): boolean {
  return URI_CHARACTERS.test(text) && (!referenceTypes.includes('external') || SCHEME.test(text));
}
