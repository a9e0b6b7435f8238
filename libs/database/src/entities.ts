import { DefaultNamingStrategy, getMetadataArgsStorage } from 'typeorm';

/** The class of the rows of one table, decorated with `@Entity`. */
export type EntityClass<Row extends object = object> = new () => Row;

/** Properties are in camel case, columns in snake case. */
export class SnakeCaseColumns extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined): string {
    return given ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

const naming = new SnakeCaseColumns();

/** Computed once, because statements are built for each call. */
const lists = new Map<EntityClass, Map<string | undefined, string>>();

/**
 * The columns of an entity, for a statement that is written by hand.
 * @param entity a class with `@Column` properties, its own or inherited
 * @param table name or alias of the table in the statement, needed if columns are ambiguous
 * @returns `integration_id AS "integrationId", …`: the rows of the statement have the type of the entity
 */
export function columnsOf(entity: EntityClass, table?: string): string {
  const known = lists.get(entity) ?? new Map<string | undefined, string>();
  lists.set(entity, known);
  let list = known.get(table);
  if (list === undefined) known.set(table, (list = listOf(entity, table === undefined ? '' : `${table}.`)));
  return list;
}

function listOf(entity: EntityClass, prefix: string): string {
  const columns = getMetadataArgsStorage().columns.filter(
    ({ target }) => target === entity || (typeof target === 'function' && entity.prototype instanceof target),
  );
  return columns
    .map(({ propertyName, options }) => {
      const column = naming.columnName(propertyName, options.name);
      return column === propertyName ? `${prefix}${column}` : `${prefix}${column} AS "${propertyName}"`;
    })
    .join(', ');
}

/** @returns the table of an entity with its schema */
export function tableOf(entity: EntityClass): string {
  const table = getMetadataArgsStorage().tables.find(({ target }) => target === entity);
  if (!table) throw new Error(`${entity.name} is not an entity (this is a bug)`);
  return `${table.schema}.${table.name}`;
}

export { In, IsNull, LessThan, LessThanOrEqual, MoreThan, Not } from 'typeorm';
