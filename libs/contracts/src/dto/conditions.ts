import { Transform, Type } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { canonicalAttribute, conditionFaults, idOrName } from '../conditions/condition-checks.js';
import { mapCondition } from '../conditions/condition-terms.js';
import { type Condition } from '../conditions/conditions.js';
import { COMPONENT_SCHEMAS, CONDITION_SCHEMAS, schemaPath } from './condition.schema.js';
import { field, type FieldOptions } from './fields.js';

/** The name of the rule by which class-validator refuses a condition. `faultsOf` replaces its message. */
export const CONDITION_RULE = 'condition';

/**
 * A condition, checked by `conditionFaults`. Ids are converted to lower case, the names of listed attributes to their
 * canonical form. The values of terms can be ids or names.
 */
export function ConditionField(options: FieldOptions = {}): PropertyDecorator {
  for (const [name, schema] of Object.entries(CONDITION_SCHEMAS)) COMPONENT_SCHEMAS.set(name, schema);
  const rule = ValidateBy(
    { name: CONDITION_RULE, validator: { validate: (value) => conditionFaults(value, '') === undefined } },
    { message: 'must be a condition' },
  );
  // class-transformer copies a value of an unknown class level by level, without a limit, and calls its `constructor`, which
  // can come from outside. As a Boolean it is not copied; the property of the input is used instead.
  const input = Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => normalized(obj[key]));
  return field(
    options,
    { allOf: [{ $ref: schemaPath('Condition') }] },
    Type(() => Boolean),
    input,
    rule,
  );
}

/** @returns the condition with ids in lower case and canonical names; a value that is not a condition is unchanged */
function normalized(value: unknown): unknown {
  if (conditionFaults(value, '')) return value;
  return withCanonicalNames(mapCondition(value as Condition, ({ values }) => values.map(idOrName), ''));
}

function withCanonicalNames(condition: Condition): Condition {
  if (condition.kind === 'attribute') return { ...condition, attribute: canonicalAttribute(condition.attribute) };
  if (condition.kind === 'not') return { ...condition, condition: withCanonicalNames(condition.condition) };
  if (condition.kind !== 'all' && condition.kind !== 'any') return condition;
  return { ...condition, conditions: condition.conditions.map(withCanonicalNames) };
}
