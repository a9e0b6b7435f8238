import { CONDITION_KINDS, CONDITION_SHAPES } from '../conditions/condition-checks.js';
import { CONDITION_LIMITS, type ConditionKind } from '../conditions/conditions.js';
import { PROFILE_LIMITS } from '../profile.js';

type Schema = Record<string, unknown>;

/** Schemas that no class describes, by their name, for the OpenAPI document. Decorators add those that they refer to. */
export const COMPONENT_SCHEMAS = new Map<string, Schema>();

export const schemaPath = (name: string): string => `#/components/schemas/${name}`;

const CONDITION = { $ref: schemaPath('Condition') };

const DESCRIPTIONS: Readonly<Record<ConditionKind, string>> = {
  everyone: 'Every active user of the integration.',
  all: 'All of the conditions are true.',
  any: 'One of the conditions is true.',
  not: 'The condition is false. It is neither true nor false if it depends on a missing value.',
  user: 'The user is one of these users.',
  group: 'The user is a member of one of these groups by SCIM.',
  manager: "The user's manager is one of these users.",
  attribute: "An attribute of the user's profile, compared without regard to case. A missing attribute never matches.",
};

/** The schemas of the properties of a kind. */
const properties = (kind: ConditionKind): Record<string, Schema> => {
  const { operators = [], valueLength } = CONDITION_SHAPES[kind];
  const value = { type: 'string', minLength: 1, maxLength: valueLength };
  const ids = kind === 'attribute' ? '' : 'Ids or names. ';
  return {
    kind: { type: 'string', enum: [kind] },
    conditions: { type: 'array', items: CONDITION, minItems: 1, maxItems: CONDITION_LIMITS.terms },
    condition: CONDITION,
    attribute: {
      type: 'string',
      minLength: 1,
      maxLength: PROFILE_LIMITS.valueLength,
      description: 'Canonical SCIM name, such as `title` or `urn:…:User:department`.',
    },
    operator: { type: 'string', enum: [...operators] },
    values: {
      type: 'array',
      items: value,
      minItems: 1,
      maxItems: CONDITION_LIMITS.values,
      uniqueItems: true,
      description: `${ids}Exactly one, except for the operator \`in\`.`,
    },
    includeGrants: { type: 'boolean', description: 'Whether a membership by a grant counts too. Defaults to false.' },
  };
};

const nameOf = (kind: ConditionKind): string => `${kind[0]!.toUpperCase()}${kind.slice(1)}Condition`;

function schemaOf(kind: ConditionKind): Schema {
  const { required, optional = [] } = CONDITION_SHAPES[kind];
  const all = properties(kind);
  const names = ['kind', ...required, ...optional];
  return {
    type: 'object',
    description: DESCRIPTIONS[kind],
    properties: Object.fromEntries(names.map((name) => [name, all[name]])),
    required: ['kind', ...required],
  };
}

const byKind = CONDITION_KINDS.map((kind) => [kind, schemaPath(nameOf(kind))] as const);

/** The schema `Condition`, which refers to itself, and one for each kind. */
export const CONDITION_SCHEMAS: Readonly<Record<string, Schema>> = {
  Condition: {
    description: `A condition on the user who gets access. At most ${CONDITION_LIMITS.depth} levels and ${CONDITION_LIMITS.terms} terms.`,
    oneOf: byKind.map(([, $ref]) => ({ $ref })),
    discriminator: { propertyName: 'kind', mapping: Object.fromEntries(byKind) },
  },
  ...Object.fromEntries(CONDITION_KINDS.map((kind) => [nameOf(kind), schemaOf(kind)])),
};
