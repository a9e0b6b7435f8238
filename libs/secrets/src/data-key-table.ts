/**
 * Statements of a migration that creates the table `data_key` of a service's schema, and of the one that drops it. Only a
 * service that stores secrets needs the table.
 * @param schema the schema of the service
 */
export function dataKeyTable(schema: string): { up: string[]; down: string[] } {
  return {
    up: [
      `CREATE TABLE ${schema}.data_key (
         single boolean PRIMARY KEY DEFAULT true CHECK (single),
         key bytea NOT NULL,
         sealed boolean NOT NULL,
         created_at timestamptz NOT NULL DEFAULT now()
       )`,
    ],
    down: [`DROP TABLE ${schema}.data_key`],
  };
}
