import type postgres from 'postgres';

/** A statement that the product sent. */
export interface Statement {
  text: string;
  parameters: unknown[];
}

/** Postgres's plan of a statement that it executed. */
export interface Plan {
  /** One line per step, indented by its depth. */
  steps: string[];
  indexes: string[];
  /** Tables that Postgres scanned sequentially. */
  scannedWhole: string[];
  executionMs: number;
}

interface Node {
  'Node Type': string;
  'Join Type'?: string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: Node[];
}

/** Runs a statement once more and returns its plan. */
export async function explain(sql: postgres.Sql, { text, parameters }: Statement): Promise<Plan> {
  const [row] = await sql.unsafe<{ 'QUERY PLAN': { Plan: Node; 'Execution Time': number }[] }[]>(
    `explain (analyze, format json) ${text}`,
    parameters as never[],
  );
  const [explained] = row!['QUERY PLAN'];
  const nodes = flatten(explained!.Plan, 0);
  const distinct = (names: (string | undefined)[]) => [...new Set(names.filter((name) => name !== undefined))];
  return {
    steps: nodes.map(({ node, depth }) => `${'  '.repeat(depth)}${describe(node)}`),
    indexes: distinct(nodes.map(({ node }) => node['Index Name'])),
    scannedWhole: distinct(nodes.map(({ node }) => (node['Node Type'] === 'Seq Scan' ? node['Relation Name'] : undefined))),
    executionMs: explained!['Execution Time'],
  };
}

function flatten(node: Node, depth: number): { node: Node; depth: number }[] {
  return [{ node, depth }, ...(node.Plans ?? []).flatMap((child) => flatten(child, depth + 1))];
}

function describe(node: Node): string {
  const join = node['Join Type'] && node['Join Type'] !== 'Inner' ? ` (${node['Join Type']})` : '';
  const index = node['Index Name'] ? ` by ${node['Index Name']}` : '';
  const rows = Math.round(node['Actual Rows'] * node['Actual Loops']);
  return `${node['Node Type']}${join}${index}: ${rows} rows${node['Actual Loops'] > 1 ? `, ${node['Actual Loops']} times` : ''}`;
}
