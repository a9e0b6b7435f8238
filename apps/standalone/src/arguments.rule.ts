import { type Environment, nearest, StartError } from '@tidegate/runtime';

const OPTIONS = ['--help', '--port', '--version'] as const;

export const HELP = `Usage: npm start -- [--port NUMBER]

Runs Tidegate: all services, and PostgreSQL unless DATABASE_URL is set.

  --port NUMBER  HTTP port, instead of PORT; default 3000
  --help         prints this text
  --version      prints the version

docs/operations.md lists all settings, which are environment variables.`;

/**
 * @param args arguments of the program: `--port 8080` or `--port=8080`
 * @returns variables that replace those of the environment
 * @throws StartError for an unknown argument, with the nearest right name, and for a missing value
 */
export function environmentOfArguments(args: readonly string[]): Environment {
  const [first, ...rest] = args;
  if (first === undefined) return {};
  const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(first) ?? [];
  if (name !== '--port')
    throw new StartError(`${first} is not an argument. The nearest one is ${nearest(name, OPTIONS)}.`);
  const [port, others] = value === undefined ? [rest[0], rest.slice(1)] : [value, rest];
  if (!port) throw new StartError('--port requires a number, for example --port 8080.');
  return { PORT: port, PORT_FILE: undefined, ...environmentOfArguments(others) };
}
