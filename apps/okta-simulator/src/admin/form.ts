import { Refused } from '../org/refused.js';

/** What was sent, by a form or as JSON: every value is a list of texts. */
export class Form {
  readonly #values: URLSearchParams;

  private constructor(values: URLSearchParams) {
    this.#values = values;
  }

  static ofUrlEncoded(text: string): Form {
    return new Form(new URLSearchParams(text));
  }

  /** @throws Refused when the JSON is no object of texts, numbers, booleans and lists of them */
  static ofJson(text: string): Form {
    const values = new URLSearchParams();
    for (const [name, value] of Object.entries(objectOf(text))) {
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (item === null || item === false) continue;
        if (!['string', 'number', 'boolean'].includes(typeof item)) {
          throw new Refused(`${name}: must be a text, a number, true, false, or a list of them.`);
        }
        values.append(name, String(item));
      }
    }
    return new Form(values);
  }

  /** @returns what was entered without spaces around it; empty when nothing was */
  text(name: string): string {
    return (this.#values.get(name) ?? '').trim();
  }

  /** @returns all values of the name that are not empty; a text area has one in each line */
  list(name: string): string[] {
    const lines = this.#values.getAll(name).flatMap((value) => value.split(/\r?\n/));
    return lines.map((line) => line.trim()).filter(Boolean);
  }

  /** A check box: not sent when it is not checked. */
  flag(name: string): boolean {
    return this.#values.has(name);
  }

  /** @throws Refused when the value is none of the choices */
  choice<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.text(name);
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw new Refused(`${name}: "${value}" is none of ${choices.join(', ')}.`);
    return choice;
  }

  /** @throws Refused when the value is no whole number within the bounds */
  integer(name: string, least: number, most: number): number {
    const value = Number(this.text(name) || Number.NaN);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Refused(`${name}: enter a whole number from ${least} to ${most}.`);
  }
}

function objectOf(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused('The body is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused('The body is no JSON object.');
  return value;
}
