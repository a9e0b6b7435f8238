import { readFileSync } from 'node:fs';
import { type Setting } from './settings.js';

/** Environment variables as Node hands them out. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The value that `readConfig` makes of a table of settings. */
export type ConfigOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** All that is wrong with the configuration, one line for each fault; holds no secret values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(['The configuration is not right:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
}

/**
 * Reads every setting of the table from `env`, or from the file that `<NAME>_FILE` names (trimmed), and returns a frozen
 * plain object. An empty variable counts as not set.
 * Throws one `ConfigError` with every fault found: missing, of the wrong form, given twice, unreadable file.
 */
export function readConfig<S extends Record<string, Setting<unknown>>>(env: Environment, settings: S): ConfigOf<S> {
  const faults: string[] = [];
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
    throw new Fault(`${name} is not set: give ${expects} in ${name}, or a file that holds it in ${name}_FILE`);
  }
  const value = parse(raw.text);
  if (value !== undefined) return value;
  const found = shown ? `not ${JSON.stringify(raw.text.slice(0, 80))}` : 'the value given is not shown';
  throw new Fault(`${raw.from} must be ${expects} (${found})`);
}

/** The trimmed text of a setting and the variable it came from; undefined when neither variable is set. */
export function readRaw(env: Environment, name: string): { text: string; from: string } | undefined {
  const text = env[name]?.trim();
  const from = `${name}_FILE`;
  const file = env[from]?.trim();
  if (text && file) throw new Fault(`${name} and ${from} are both set: keep one of them`);
  if (!file) return text ? { text, from: name } : undefined;
  try {
    const content = readFileSync(file, 'utf8').trim();
    if (content) return { text: content, from };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault(`${from} names ${file}, which cannot be read (${code ?? 'unknown reason'})`);
  }
  throw new Fault(`${from} names ${file}, which is empty`);
}
