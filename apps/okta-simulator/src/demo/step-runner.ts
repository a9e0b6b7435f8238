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

  /**
   * @param print receives a line for each result
   * @param started called at the start of each step with its name and the number of steps before it
   */
  constructor(
    readonly print: (line: string) => void,
    private readonly started: (step: string, finished: number) => void = () => undefined,
  ) {}

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
    this.started(step, this.rows.length);
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

/** Heading → longest line of the column; 80 characters with the gaps. */
const COLUMNS = { ok: 3, step: 39, result: 34 };
const GAP = '  ';

/** @returns the lines of a plain-text table; long cells wrap between words */
export function table(rows: StepResult[]): string[] {
  const limits = Object.values(COLUMNS);
  const line = (cells: string[]) =>
    cells
      .map((text, column) => text.padEnd(limits[column] ?? 0))
      .join(GAP)
      .trimEnd();
  const lines = (cells: string[]) => {
    const parts = cells.map((text, column) => wrap(text, limits[column] ?? 1));
    const height = Math.max(...parts.map(({ length }) => length));
    return Array.from({ length: height }, (_, index) => line(parts.map((part) => part[index] ?? '')));
  };
  const rule = line(limits.map((width) => '─'.repeat(width)));
  return [line(Object.keys(COLUMNS)), rule, ...rows.flatMap((row) => lines(cellsOf(row))), rule];
}

function cellsOf({ step, expected, found, ok, measured }: StepResult): string[] {
  const result = measured ? `${found} (${measured})` : found;
  return ok ? ['yes', step, result] : ['NO', step, `${result}; expected: ${expected}`];
}

/** @returns lines of at most `limit` characters; longer words are split */
function wrap(text: string, limit: number): string[] {
  return text.match(new RegExp(`\\S.{0,${limit - 2}}\\S(?=\\s|$)|\\S{1,${limit}}`, 'g')) ?? [''];
}
