import { Refused } from '../org/refused.js';

/** Input of an action, from an HTML form or JSON. Each value is a list of strings. */
export class Form {
  readonly #values: URLSearchParams;

  private constructor(values: URLSearchParams) {
    this.#values = values;
  }

  static ofUrlEncoded(text: string): Form {
    return new Form(new URLSearchParams(text));
  }

  /** @throws Refused unless the JSON is an object of strings, numbers, booleans and lists of them */
  static ofJson(text: string): Form {
    const values = new URLSearchParams();
    for (const [name, value] of Object.entries(objectOf(text))) {
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (item === null || item === false) continue;
        if (!['string', 'number', 'boolean'].includes(typeof item)) {
          throw new Refused(`${name}: must be a string, a number, true, false, or a list of them.`);
        }
        values.append(name, String(item));
      }
    }
    return new Form(values);
  }

  /** @returns the trimmed value; empty without one */
  text(name: string): string {
    return (this.#values.get(name) ?? '').trim();
  }

  /** @returns all non-empty values; text areas have one value per line */
  list(name: string): string[] {
    const lines = this.#values.getAll(name).flatMap((value) => value.split(/\r?\n/));
    return lines.map((line) => line.trim()).filter(Boolean);
  }

  /** @returns whether a check box is checked; browsers send only checked ones */
  flag(name: string): boolean {
    return this.#values.has(name);
  }

  /** @throws Refused unless the value is one of the choices */
  choice<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.text(name);
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw new Refused(`${name}: "${value}" is not one of ${choices.join(', ')}.`);
    return choice;
  }

  /** @throws Refused unless the value is a whole number from `least` to `most` */
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
    throw new Refused('The body is not a JSON object.');
  return value;
}
