import { type Dialect, type ScimProfile } from '@tidegate/scim';
import { InvalidFields } from '../http/invalid-fields.js';
import { type IntegrationType } from './catalog.js';
import { type Around, CHECKS, FieldFault } from './fields.rule.js';

/** What an administrator says of an integration. */
export interface IntegrationSettings {
  name: string;
  /** The organization's; null where its type asks for none and none is given. */
  domain: string | null;
  groupsToSync: string[];
  dialect: Dialect;
  extensions: ScimProfile['extensions'];
  /** Silence after which it counts as disconnected; 0 is never. */
  disconnectedAfterSeconds: number;
}

/** What a new integration has where nothing is said. */
export const defaultSettings = (type: IntegrationType): Omit<IntegrationSettings, 'name'> => ({
  domain: null,
  groupsToSync: [],
  dialect: type.defaultDialect,
  extensions: { User: [], Group: [] },
  disconnectedAfterSeconds: 0,
});

/**
 * Reads settings by the fields of their type.
 * @param body any JSON
 * @param presence whether what the type requires must be there, or only what is given is read
 * @returns what is given, checked
 * @throws InvalidFields naming every one that is wrong, missing, or no field of the type
 */
export function readSettings(
  type: IntegrationType,
  body: unknown,
  presence: 'complete' | 'partial',
  around: Around,
): Partial<IntegrationSettings> {
  const given = new Map<string, unknown>(Object.entries(objectOf(body)));
  const faults = new Map<string, string>();
  const settings: Record<string, unknown> = {};
  for (const field of type.fields) {
    const value = given.get(field.name);
    given.delete(field.name);
    if (value === undefined) {
      if (field.required && presence === 'complete') faults.set(field.name, 'must be given');
      continue;
    }
    try {
      settings[field.name] = CHECKS[field.check](value, field, around);
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      faults.set(field.name, error.message);
    }
  }
  for (const name of given.keys()) faults.set(name, `is no field of ${type.title}`);
  if (faults.size > 0) throw new InvalidFields(Object.fromEntries(faults));
  return settings;
}

/** @throws InvalidFields when a body is no object */
export function objectOf(body: unknown): object {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new InvalidFields({ body: 'must be an object' });
}
