/** A node of a plan in `EXPLAIN (ANALYZE, FORMAT JSON)` (PostgreSQL documentation, "Using EXPLAIN"). */
interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** What a statement read from tables. */
export interface StatementReads {
  /** Also the rows that it discarded. */
  rowsRead: number;
  /** The tables that it read without an index. */
  sequentialScans: string[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** A bitmap index scan has no relation: its rows are those of the bitmap heap scan above it. */
const rowsOf = (node: PlanNode): number =>
  ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1);

/**
 * Runs a statement with EXPLAIN ANALYZE.
 * @param query sends a statement, in the transaction and with the rights of the code under test
 * @throws errors of `query`
 */
export async function explainReads<Bind>(
  query: (sql: string, binds: readonly Bind[]) => Promise<object[]>,
  sql: string,
  binds: readonly Bind[],
): Promise<StatementReads> {
  const [row] = await query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, binds);
  const [{ Plan: root }] = (row as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'];
  const scans = nodesOf(root).filter((node) => node['Relation Name'] !== undefined);
  const sequential = scans.filter((node) => node['Node Type'] === 'Seq Scan');
  return {
    rowsRead: scans.reduce((sum, node) => sum + rowsOf(node), 0),
    sequentialScans: sequential.map((node) => node['Relation Name']!),
  };
}
