/** Result of one step: a row of the final table. */
export interface StepResult {
  step: string;
  expected: string;
  found: string;
  ok: boolean;
  /** A measurement, for display. */
  measured?: string;
}

/** A step threw an error, so later steps can't run. */
export class DemoAborted extends Error {}

/** Runs steps, compares each result with the expected one, and prints it. */
export class StepRunner {
  readonly rows: StepResult[] = [];

  constructor(readonly print: (line: string) => void) {}

  /**
   * Runs one step and prints its result. An unexpected result does not stop the demo.
   *
   * @param found formats the result for the comparison with `expected`
   * @param measured formats a measurement to display
   * @returns the result of `work`
   * @throws DemoAborted if `work` throws
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
      this.#report({
        step,
        expected,
        found: text,
        ok: text === expected,
        ...(measured && { measured: measured(result) }),
      });
      return result;
    } catch (error) {
      this.#report({ step, expected, found: error instanceof Error ? error.message : String(error), ok: false });
      throw new DemoAborted(`The demo stopped at: ${step}`, { cause: error });
    }
  }

  #report(row: StepResult): void {
    this.rows.push(row);
    const measured = row.measured ? ` (${row.measured})` : '';
    const expected = row.ok ? '' : `; expected: ${row.expected}`;
    this.print(`${row.ok ? 'ok    ' : 'FAILED'} ${row.step}: ${row.found}${measured}${expected}`);
  }
}

/** Heading → longest line of the column. */
const COLUMNS = { step: 44, expected: 32, found: 32, measured: 20, ok: 3 };

/** @returns the lines of a plain-text table; long cells wrap between words */
export function table(rows: StepResult[]): string[] {
  const limits = Object.values(COLUMNS);
  const cells = [
    Object.keys(COLUMNS),
    ...rows.map((row) => [row.step, row.expected, row.found, row.measured ?? '', row.ok ? 'yes' : 'NO']),
  ].map((row) => row.map((text, column) => wrap(text, limits[column] ?? 1)));
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

/** @returns lines of at most `limit` characters; longer words are split */
function wrap(text: string, limit: number): string[] {
  return text.match(new RegExp(`\\S.{0,${limit - 2}}\\S(?=\\s|$)|\\S{1,${limit}}`, 'g')) ?? [''];
}
