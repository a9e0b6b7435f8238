import { type Dialect } from './dialects.js';
import { ScimError } from './errors.js';
import { tolerates } from './quirks.js';

/**
 * Checks that `schemas` contains the URN of the message (RFC 7644 §3.5.2, §3.4.3, §3.7); null means absent.
 * @throws ScimError invalidSyntax when it does not
 */
export function expectMessage(dialect: Dialect, schemas: unknown, urn: string): void {
  if ((schemas === undefined || schemas === null) && tolerates(dialect, 'schemasMissing')) return;
  const given: unknown[] = Array.isArray(schemas) ? schemas : [];
  if (given.some((item) => typeof item === 'string' && item.toLowerCase() === urn.toLowerCase())) return;
  throw new ScimError('invalidSyntax', `"schemas" must be an array that contains "${urn}".`);
}
