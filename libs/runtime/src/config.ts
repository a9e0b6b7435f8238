import { readFileSync } from 'node:fs';
import { misspeltVariables } from './own-variables.rule.js';
import { type Setting } from './settings.js';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The result type of `readConfig` for a table of settings. */
export type ConfigOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** All errors in the configuration, one per line, without secret values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(['The configuration is invalid:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
}

/**
 * Reads every setting of the table from `env`, or from the file that `<NAME>_FILE` names (trimmed). An empty variable
 * counts as not set.
 * @param options.checkNames whether to refuse misspelt variables; false for a table that is read beside another one
 * @returns a frozen plain object
 * @throws ConfigError with all errors: missing, invalid and duplicate settings, unreadable files, misspelt `TIDEGATE_*`
 */
export function readConfig<S extends Record<string, Setting<unknown>>>(
  env: Environment,
  settings: S,
  { checkNames = true }: { checkNames?: boolean } = {},
): ConfigOf<S> {
  const faults = checkNames ? misspeltVariables(env) : [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    try {
      values[key] = readSetting(env, setting);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(values) as ConfigOf<S>;
}

class Fault extends Error {}

function readSetting<T>(env: Environment, { name, expects, shown, parse, fallback }: Setting<T>): T {
  const raw = readRaw(env, name);
  if (raw === undefined) {
    if (fallback) return fallback.value;
    throw new Fault(`${name} is not set. Set ${name} to ${expects}, or ${name}_FILE to a file that contains it.`);
  }
  const value = parse(raw.text);
  if (value !== undefined) return value;
  const given = shown ? `got ${JSON.stringify(raw.text.slice(0, 80))}` : 'value hidden';
  throw new Fault(`${raw.from} must be ${expects} (${given}).`);
}

/** @returns the trimmed value of a setting and its variable; undefined when neither variable is set */
export function readRaw(env: Environment, name: string): { text: string; from: string } | undefined {
  const text = env[name]?.trim();
  const from = `${name}_FILE`;
  const file = env[from]?.trim();
  if (text && file) throw new Fault(`${name} and ${from} are both set. Remove one of them.`);
  if (!file) return text ? { text, from: name } : undefined;
  try {
    const content = readFileSync(file, 'utf8').trim();
    if (content) return { text: content, from };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault(`The file ${file} in ${from} cannot be read (${code ?? 'unknown reason'}).`);
  }
  throw new Fault(`The file ${file} in ${from} is empty.`);
}
