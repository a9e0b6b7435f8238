import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

/** Documents a property of a response. `nullable` also allows null; `optional` properties can be absent. */
interface PropertyOptions {
  nullable?: true;
  optional?: true;
}

const property = (
  shape: ApiPropertyOptions,
  description: string | undefined,
  { nullable, optional }: PropertyOptions = {},
): PropertyDecorator =>
  ApiProperty({
    ...(description === undefined ? {} : { description }),
    ...(nullable ? { nullable } : {}),
    ...(optional ? { required: false } : {}),
    ...shape,
  } as ApiPropertyOptions);

export const Text = (description?: string, options?: PropertyOptions): PropertyDecorator =>
  property({ type: String }, description, options);
export const Texts = (description?: string, options?: PropertyOptions): PropertyDecorator =>
  property({ type: [String] }, description, options);
export const Uuid = (description?: string, options?: PropertyOptions): PropertyDecorator =>
  property({ type: String, format: 'uuid' }, description, options);
export const Uuids = (description?: string, options?: PropertyOptions): PropertyDecorator =>
  property({ type: 'array', items: { type: 'string', format: 'uuid' } }, description, options);
export const Timestamp = (description?: string, options?: PropertyOptions): PropertyDecorator =>
  property({ type: String, format: 'date-time' }, description, options);
export const Integer = (description?: string, options?: PropertyOptions): PropertyDecorator =>
  property({ type: 'integer' }, description, options);
export const Version = (): PropertyDecorator => Integer('Increases with every change.');

/** One of several values. */
export const OneOf = (
  values: readonly string[],
  description?: string,
  options: PropertyOptions = {},
): PropertyDecorator =>
  property({ type: String, enum: options.nullable ? [...values, null] : [...values] }, description, options);
/** An array of such values. */
export const SomeOf = (values: readonly string[], description?: string): PropertyDecorator =>
  property({ type: String, isArray: true, enum: [...values] }, description);

/** The name of the integration of a record. */
export const IntegrationName = (): PropertyDecorator =>
  Text('Name of the integration. Null if it was deleted in the meantime.', { nullable: true });
