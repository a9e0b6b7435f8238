import { Refusal } from '@tidegate/contracts';
import { type SpanRule } from '@tidegate/observability';
import { type EntityClass, tableOf } from './entities.js';

const ATTRIBUTES = { 'db.system.name': 'postgresql' };

/** A transaction; the subject has its schema and its integrations. Polls outside of a recorded trace are not recorded. */
export const TRANSACTION: SpanRule<{ schema: string; integrationIds: readonly string[] | undefined }> = {
  kind: 'client',
  name: ({ schema }) => `transaction ${schema}`,
  attributes: ({ schema, integrationIds }) => ({
    ...ATTRIBUTES,
    'db.namespace': schema,
    'tidegate.integration_id': integrationIds?.length === 1 ? integrationIds[0] : undefined,
  }),
  nested: true,
  isFailure: (error) => !Refusal.from(error),
};

/** A statement; the subject is its text, which the program wrote. Its values are never recorded. */
export const STATEMENT: SpanRule<string> = {
  kind: 'client',
  name: knownSummary,
  attributes: (sql) => ({ ...ATTRIBUTES, 'db.query.summary': knownSummary(sql), 'db.query.text': sql }),
  nested: true,
};

/** A statement whose text depends on a request, such as a search: the text is not recorded. */
export const SEARCH: SpanRule<string> = {
  ...STATEMENT,
  name: summaryOf,
  attributes: (sql) => ({ ...ATTRIBUTES, 'db.query.summary': summaryOf(sql) }),
};

/** A statement that TypeORM makes for an entity. */
export const ENTITY_STATEMENT: SpanRule<{ verb: string; entity: EntityClass }> = {
  kind: 'client',
  name: entitySummary,
  attributes: (statement) => ({ ...ATTRIBUTES, 'db.query.summary': entitySummary(statement) }),
  nested: true,
};

function entitySummary({ verb, entity }: { verb: string; entity: EntityClass }): string {
  return `${verb} ${tableOf(entity)}`;
}

const summaries = new Map<string, string>();

/** `summaryOf` for the limited number of texts that the program wrote. */
function knownSummary(sql: string): string {
  let summary = summaries.get(sql);
  if (summary === undefined) summaries.set(sql, (summary = summaryOf(sql)));
  return summary;
}

/** @returns the first verb and table that a statement names, such as `INSERT identity.outbox` */
function summaryOf(sql: string): string {
  const [, verb, table = ''] =
    /\b(INSERT INTO|UPDATE|DELETE FROM|FROM|JOIN)\s+(?:ONLY\s+)?([a-z_]+\.[a-z_]+)/.exec(sql) ?? [];
  const [word = ''] = verb === undefined || verb === 'FROM' || verb === 'JOIN' ? ['SELECT'] : verb.split(' ');
  return `${word} ${table}`.trim();
}
