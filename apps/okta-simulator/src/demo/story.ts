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
      this.#tell({
        step,
        expected,
        found: text,
        ok: text === expected,
        ...(measured && { measured: measured(result) }),
      });
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

/** Heading → the most characters in a line of the column. */
const COLUMNS = { step: 44, expected: 32, found: 32, measured: 20, ok: 3 };

/** @returns the rows as lines of a table in plain text, with long texts broken between words */
export function table(rows: StoryRow[]): string[] {
  const limits = Object.values(COLUMNS);
  const cells = [
    Object.keys(COLUMNS),
    ...rows.map((row) => [row.step, row.expected, row.found, row.measured ?? '', row.ok ? 'yes' : 'NO']),
  ].map((row) => row.map((text, column) => broken(text, limits[column] ?? 1)));
  const widths = limits.map((_, column) =>
    Math.max(...cells.flatMap((row) => row[column] ?? []).map((part) => part.length)),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-');
  return cells.flatMap((row) => {
    const height = Math.max(...row.map((parts) => parts.length));
    const lines = Array.from({ length: height }, (_, index) =>
      row.map((parts, column) => (parts[index] ?? '').padEnd(widths[column] ?? 0)).join(' | '),
    );
    return [...lines, rule];
  });
}

/** @returns the text in lines of at most `limit` characters; a longer word is cut */
function broken(text: string, limit: number): string[] {
  return text.match(new RegExp(`\\S.{0,${limit - 2}}\\S(?=\\s|$)|\\S{1,${limit}}`, 'g')) ?? [''];
}
