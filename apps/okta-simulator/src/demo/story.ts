/** One line of the table at the end. */
export interface StoryRow {
  step: string;
  expected: string;
  found: string;
  ok: boolean;
  /** What was measured at this step, for people. */
  measured?: string;
}

/** Thrown by a step that could not be done at all: the steps after it stand on it. */
export class StoryBroken extends Error {}

/** A told sequence of steps: each one says what is expected, and is compared with what was found. */
export class Story {
  readonly rows: StoryRow[] = [];

  constructor(readonly print: (line: string) => void) {}

  /**
   * Does one step and prints a line about it. A step that finds something else than expected does not stop the story.
   *
   * @param found what the result looks like, in the words of `expected`
   * @param measured a measurement to show beside it
   * @returns what `work` returned
   * @throws StoryBroken when `work` throws
   */
  async step<T>(
    step: string,
    expected: string,
    work: () => Promise<T>,
    found: (result: T) => string,
    measured?: (result: T) => string,
  ): Promise<T> {
    try {
      const result = await work();
      const text = found(result);
      this.#tell({ step, expected, found: text, ok: text === expected, ...(measured && { measured: measured(result) }) });
      return result;
    } catch (error) {
      this.#tell({ step, expected, found: error instanceof Error ? error.message : String(error), ok: false });
      throw new StoryBroken(`the story ended at: ${step}`, { cause: error });
    }
  }

  #tell(row: StoryRow): void {
    this.rows.push(row);
    const measured = row.measured ? ` (${row.measured})` : '';
    const expected = row.ok ? '' : `; expected: ${row.expected}`;
    this.print(`${row.ok ? 'ok    ' : 'NOT SO'} ${row.step}: ${row.found}${measured}${expected}`);
  }
}

const COLUMNS = ['step', 'expected', 'found', 'measured', 'ok'] as const;
const WIDEST = 60;

/** @returns the rows as lines of a table in plain text */
export function table(rows: StoryRow[]): string[] {
  const cells = rows.map((row) => [row.step, row.expected, row.found, row.measured ?? '', row.ok ? 'yes' : 'NO'].map(cut));
  const widths = COLUMNS.map((name, column) => Math.max(name.length, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ').trimEnd();
  return [line(COLUMNS), widths.map((width) => '-'.repeat(width)).join('-+-'), ...cells.map(line)];
}

function cut(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length <= WIDEST ? flat : `${flat.slice(0, WIDEST - 1)}…`;
}
