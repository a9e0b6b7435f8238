import { InvalidFields } from '../http/invalid-fields.error.js';
import { type IntegrationType } from './catalog.js';
import { type CheckContext, CHECKS, FieldFault } from './fields.rule.js';
import { type IntegrationEntity } from './integration.entity.js';

/** Settings of an integration. */
export type IntegrationSettings = Pick<
  IntegrationEntity,
  'name' | 'domain' | 'groupsToSync' | 'dialect' | 'extensions' | 'managerAttribute' | 'disconnectedAfterSeconds'
>;

/** @returns the defaults of a new integration */
export const defaultSettings = (type: IntegrationType): Omit<IntegrationSettings, 'name'> => ({
  domain: null,
  groupsToSync: [],
  dialect: type.defaultDialect,
  extensions: { User: [], Group: [] },
  managerAttribute: null,
  disconnectedAfterSeconds: 0,
});

/**
 * Validates settings by the fields of the type.
 * @param body any JSON
 * @param presence `complete` when required fields must be present
 * @returns the given settings, normalized
 * @throws InvalidFields with all fields that are invalid, missing or unknown
 */
export function readSettings(
  type: IntegrationType,
  body: unknown,
  presence: 'complete' | 'partial',
  context: CheckContext,
): Partial<IntegrationSettings> {
  const given = new Map<string, unknown>(Object.entries(objectOf(body)));
  const faults = new Map<string, string>();
  const settings: Record<string, unknown> = {};
  for (const field of type.fields) {
    const value = given.get(field.name);
    given.delete(field.name);
    if (value === undefined) {
      if (field.required && presence === 'complete') faults.set(field.name, 'is required');
      continue;
    }
    try {
      settings[field.name] = CHECKS[field.check](value, field, context);
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      faults.set(field.name, error.message);
    }
  }
  for (const name of given.keys()) faults.set(name, `is not a field of ${type.title}`);
  if (faults.size > 0) throw new InvalidFields(Object.fromEntries(faults));
  return settings;
}

/** @returns `body`. @throws InvalidFields when it is not an object */
export function objectOf(body: unknown): object {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new InvalidFields({ body: 'must be an object' });
}
