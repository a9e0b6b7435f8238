import { type Dialect } from './dialects.js';
import { ScimError } from './errors.js';
import { tolerates } from './quirks.js';

/**
 * Holds the `schemas` of a message to the URN of what it is (RFC 7644 §3.5.2, §3.4.3, §3.7); null means absent.
 * @throws ScimError invalidSyntax
 */
export function expectMessage(dialect: Dialect, schemas: unknown, urn: string): void {
  if ((schemas === undefined || schemas === null) && tolerates(dialect, 'schemasMissing')) return;
  const given: unknown[] = Array.isArray(schemas) ? schemas : [];
  if (given.some((item) => typeof item === 'string' && item.toLowerCase() === urn.toLowerCase())) return;
  throw new ScimError('invalidSyntax', `"schemas" must be an array that holds "${urn}".`);
}
