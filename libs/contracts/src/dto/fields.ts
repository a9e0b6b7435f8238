import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { isUuid } from '../ids.js';
import { hasLength, STORABLE } from '../text.js';
import { NAME_LENGTH } from '../values.js';

/** Maximum number of integrations that one field lists. */
export const MAX_INTEGRATIONS = 1_000;

export interface FieldOptions {
  optional?: boolean;
  /** Whether null is allowed. */
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

/** A UUID of any version, as everywhere else: class-validator's rule refuses ids that paths and commands accept. */
const uuidRule = (message: string, each = false): PropertyDecorator =>
  ValidateBy({ name: 'isUuid', validator: { validate: isUuid } }, { message, each });

/** Counts Unicode characters. class-validator's rule does not count variation selectors. */
function lengthRule(min: number, max: number, each = false): PropertyDecorator {
  const validate = (value: unknown) => hasLength(value, min, max);
  const message = `must have ${min} to ${max} characters`;
  return ValidateBy({ name: 'length', validator: { validate } }, { message, each });
}

/** Combines documentation and validation of a field. Optional fields can be absent; only nullable ones can be null. */
export function field(
  { optional = false, nullable = false, description, example }: FieldOptions,
  shape: ApiPropertyOptions,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  const docs = {
    ...(description ? { description } : {}),
    ...(example === undefined ? {} : { example }),
    ...(nullable ? { nullable } : {}),
  };
  const isGiven = (value: unknown) => !(optional && value === undefined) && !(nullable && value === null);
  const presence = optional || nullable ? [ValidateIf((_, value) => isGiven(value))] : [];
  return applyDecorators(
    ApiProperty({ required: !optional, ...docs, ...shape } as ApiPropertyOptions),
    ...presence,
    ...rules,
  );
}

/** @param trim whether to remove white space at both ends; a blank optional string then counts as absent */
export function StringField({
  min = 1,
  max,
  pattern,
  trim = false,
  ...options
}: FieldOptions & { min?: number; max: number; pattern?: RegExp; trim?: boolean }): PropertyDecorator {
  const trimmed = (value: unknown) =>
    typeof value === 'string' ? value.trim() || (options.optional ? undefined : '') : value;
  const rules = [
    ...(trim ? [Transform(({ value }: { value: unknown }) => trimmed(value))] : []),
    IsString(),
    lengthRule(min, max),
    ...(pattern ? [Matches(pattern, { message: `must match ${pattern.source}` })] : []),
    Matches(STORABLE, { message: 'contains characters that cannot be stored' }),
  ];
  return field(options, { type: String, minLength: min, maxLength: max }, ...rules);
}

/** Ids are compared as strings, so they are in lower case. */
const lowerCase = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

/** A UUID. It is converted to lower case. */
export function IdField(options: FieldOptions = {}): PropertyDecorator {
  const rules = [Transform(({ value }: { value: unknown }) => lowerCase(value)), uuidRule('must be a UUID')];
  return field(options, { type: String, format: 'uuid' }, ...rules);
}

/** The id of the last item of the previous page; optional. */
export function CursorField(): PropertyDecorator {
  const rule = uuidRule('is invalid: use the nextCursor of the previous page');
  return field({ optional: true }, { type: String, format: 'uuid' }, rule);
}

/**
 * Distinct UUIDs, converted to lower case.
 * @param canBecomeEmpty whether a response can have less than `min` of them, because objects are deleted later: then the
 *   document promises no minimum
 */
export function IdsField({
  min = 0,
  max,
  canBecomeEmpty = false,
  ...options
}: FieldOptions & { min?: number; max: number; canBecomeEmpty?: boolean }): PropertyDecorator {
  const rules = [
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(lowerCase) : value)),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    ArrayUnique(),
    uuidRule('must be UUIDs', true),
  ];
  const items = { type: 'string', format: 'uuid' };
  const bounds = { maxItems: max, ...(canBecomeEmpty ? {} : { minItems: min }) };
  return field(options, { type: 'array', items, ...bounds, uniqueItems: true }, ...rules);
}

/** The id of an object, or its name. A UUID is an id and is converted to lower case; everything else is a name. */
export function IdOrNameField(options: FieldOptions = {}): PropertyDecorator {
  const rules = [Transform(({ value }: { value: unknown }) => idOrName(value)), ...nameRules()];
  return field(options, { type: String, minLength: 1, maxLength: NAME_LENGTH }, ...rules);
}

/** Distinct ids or names, as in `IdOrNameField`. */
export function IdsOrNamesField({
  min = 0,
  max,
  ...options
}: FieldOptions & { min?: number; max: number }): PropertyDecorator {
  const each = (value: unknown) => (Array.isArray(value) ? value.map(idOrName) : value);
  const rules = [
    Transform(({ value }: { value: unknown }) => each(value)),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    ArrayUnique(),
    ...nameRules({ each: true }),
  ];
  const items = { type: 'string', minLength: 1, maxLength: NAME_LENGTH };
  return field(options, { type: 'array', items, minItems: min, maxItems: max, uniqueItems: true }, ...rules);
}

const idOrName = (value: unknown): unknown => (isUuid(value) ? lowerCase(value) : value);

const nameRules = ({ each = false } = {}): PropertyDecorator[] => [
  IsString({ each }),
  lengthRule(1, NAME_LENGTH, each),
  Matches(STORABLE, { message: 'contains characters that cannot be stored', each }),
];

export function StringsField({
  max,
  length,
  ...options
}: FieldOptions & { max: number; length: number }): PropertyDecorator {
  const each = { each: true };
  const rules = [IsArray(), ArrayMaxSize(max), IsString(each), lengthRule(1, length, true), Matches(STORABLE, each)];
  return field(options, { type: [String], maxItems: max }, ...rules);
}

export function IntegerField({ min, max, ...options }: FieldOptions & { min: number; max: number }): PropertyDecorator {
  return field(options, { type: 'integer', minimum: min, maximum: max }, IsInt(), Min(min), Max(max));
}

/** An integer in a query string; always optional. */
export function IntegerParam(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value,
    ),
    IntegerField({ ...options, optional: true }),
  );
}

/** RFC 3339 §5.6; the time zone is required. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

export function TimestampField(options: FieldOptions = {}): PropertyDecorator {
  const isTimestamp = (value: unknown) =>
    typeof value === 'string' && TIMESTAMP.test(value) && !isNaN(Date.parse(value));
  const rule = ValidateBy(
    { name: 'isTimestamp', validator: { validate: isTimestamp } },
    { message: 'must be a timestamp such as 2026-01-02T03:04:05Z' },
  );
  return field(options, { type: String, format: 'date-time' }, rule);
}

export function FlagField(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: Boolean }, IsBoolean());
}

export function ChoiceField(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, enum: [...choices] }, IsIn([...choices]));
}

/** A non-empty array of distinct choices. */
export function ChoicesField(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const rules = [
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(choices.length),
    ArrayUnique(),
    IsIn([...choices], { each: true }),
  ];
  return field(options, { type: [String], enum: [...choices] }, ...rules);
}
