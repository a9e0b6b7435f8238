import { type ApiPropertyOptions, getSchemaPath } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsNotEmptyObject, IsObject, ValidateNested } from 'class-validator';
import { field, type FieldOptions } from './fields.js';

type ClassOf<T extends object = object> = new () => T;

/** @param canBeEmpty whether an object without properties is valid */
export function ObjectField(
  type: () => ClassOf,
  { canBeEmpty = false, ...options }: FieldOptions & { canBeEmpty?: boolean } = {},
): PropertyDecorator {
  const isObject = canBeEmpty ? IsObject() : IsNotEmptyObject({ nullable: false });
  // Nest's swagger module recognizes a function by the name `type`.
  return field(options, { type: () => type() }, isObject, ValidateNested(), Type(type));
}

/** An array of objects. */
export function ListField(type: () => ClassOf, { max, ...options }: FieldOptions & { max: number }): PropertyDecorator {
  const rules = [IsArray(), ArrayMaxSize(max), ValidateNested({ each: true }), Type(type)];
  return field(options, { type: () => type(), isArray: true, maxItems: max }, ...rules);
}

/** Classes by the value of their property `kind`, which each declares with `@ChoiceField([kind])`. */
export type Variants = Readonly<Record<string, ClassOf>>;

/** The kinds of all variants by their class, for the OpenAPI document: Nest finds no classes below `oneOf`. */
export const VARIANT_CLASSES = new Map<ClassOf, string>();

/** @returns the decorator that makes instances of the class that the property `kind` of a value selects */
function variantType(variants: Variants): PropertyDecorator {
  // class-transformer uses it for other kinds, so that the refusal names the known ones.
  class UnknownKind {
    @IsIn(Object.keys(variants)) kind: string;
  }
  const subTypes = Object.entries(variants).map(([name, value]) => ({ name, value }));
  return Type(() => UnknownKind, {
    keepDiscriminatorProperty: true,
    discriminator: { property: 'kind', subTypes },
  });
}

/** An object of the class that its property `kind` selects. */
export function VariantField(variants: Variants, options: FieldOptions = {}): PropertyDecorator {
  const rules = [IsNotEmptyObject({ nullable: false }), ValidateNested(), variantType(variants)];
  return field(options, variantShape(variants), ...rules);
}

/** An array of such objects. */
export function VariantListField(
  variants: Variants,
  { min = 0, max, ...options }: FieldOptions & { min?: number; max: number },
): PropertyDecorator {
  const shape = { type: 'array', items: variantShape(variants), minItems: min, maxItems: max } as ApiPropertyOptions;
  const rules = [
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    ValidateNested({ each: true }),
    variantType(variants),
  ];
  return field(options, shape, ...rules);
}

function variantShape(variants: Variants): ApiPropertyOptions {
  const schemas = Object.entries(variants).map(([kind, type]) => [kind, getSchemaPath(type)] as const);
  for (const [kind, type] of Object.entries(variants)) VARIANT_CLASSES.set(type, kind);
  return {
    oneOf: schemas.map(([, $ref]) => ({ $ref })),
    discriminator: { propertyName: 'kind', mapping: Object.fromEntries(schemas) },
  };
}
