/** The part of JSON Schema that the description of the events uses (draft 7, the base of AsyncAPI 3.0 schemas). */
export interface Schema {
  $ref?: string;
  type?: SchemaType | readonly SchemaType[];
  format?: 'uuid' | 'date-time';
  enum?: readonly (string | null)[];
  const?: string;
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  contentMediaType?: string;
  contentSchema?: Schema;
  description?: string;
  items?: Schema;
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: Schema;
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
}
type SchemaType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';

/** A schema of an object: `required` are its properties that are not optional. */
export interface ObjectSchema extends Schema {
  type: 'object';
  required: readonly string[];
  properties: Readonly<Record<string, Schema>>;
}

interface Optional extends Schema {
  optional: true;
}
/** A schema of each field of a type, made by `optional()` if the field is optional. */
export type Fields<T> = { [K in keyof T]-?: undefined extends T[K] ? Optional : Schema & { optional?: never } };

export const optional = (schema: Schema): Optional => ({ ...schema, optional: true });

/** @returns the schema of a type, whose fields the compiler compares with those of the type */
export function objectOf<T>(fields: Fields<T>): ObjectSchema {
  const entries = Object.entries<Schema & { optional?: true }>(fields);
  return {
    type: 'object',
    required: entries.filter(([, field]) => !field.optional).map(([name]) => name),
    properties: Object.fromEntries(entries.map(([name, { optional: _, ...schema }]) => [name, schema])),
  };
}

/** @returns the schema that also accepts null */
export function nullable({ type = [], enum: words, ...rest }: Schema): Schema {
  return { type: [...[type].flat(), 'null'], ...(words && { enum: [...words, null] }), ...rest };
}

export const text = (description: string): Schema => ({ type: 'string', description });
export const id = (description: string): Schema => ({ type: 'string', format: 'uuid', description });
export const time = (description: string): Schema => ({ type: 'string', format: 'date-time', description });
export const flag = (description: string): Schema => ({ type: 'boolean', description });
export const integer = (minimum: number, description: string): Schema => ({ type: 'integer', minimum, description });
export const oneOf = (words: readonly string[], description: string): Schema => ({
  type: 'string',
  enum: words,
  description,
});
export const listOf = (items: Schema, description: string): Schema => ({ type: 'array', description, items });
