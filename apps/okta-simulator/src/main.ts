import { parseArgs } from 'node:util';
import { USAGE, runCommand } from './command-line.js';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const { values, positionals } = (() => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'scim-base-url': { type: 'string' },
        token: { type: 'string' },
        kind: { type: 'string', default: 'oin' },
        'bare-token': { type: 'boolean', default: false },
        port: { type: 'string', default: '4000' },
        host: { type: 'string', default: '127.0.0.1' },
        origin: { type: 'string' },
        tidegate: { type: 'string', default: 'http://127.0.0.1:3000' },
        file: { type: 'string' },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return { values: undefined, positionals: [] };
  }
})();

const [action = '', userName] = positionals;
const baseUrl = values?.['scim-base-url'];
// Other users can read arguments of processes, but not their environment.
const token = values?.token ?? process.env['TIDEGATE_SCIM_TOKEN'];
const kind = values?.kind;

const port = Number(values?.port);
const tidegate = originOf(values?.tidegate);
const origin = originOf(values?.origin);
const canServe = Number.isInteger(port) && port >= 0 && port <= 65_535 && tidegate !== undefined;

if (values && action === 'serve' && canServe && (origin !== undefined || values.origin === undefined)) {
  const { host, file } = values;
  // Loaded only here, since the other actions need no server and issuer.
  const { serve } = await import('./serve.js');
  try {
    const simulator = await serve({ port, host, origin, tidegate, file }, print);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
} else if (action === 'serve' || !baseUrl || !URL.canParse(baseUrl) || !token || (kind !== 'oin' && kind !== 'aiw')) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const authentication = values?.['bare-token'] ? 'bare' : 'bearer';
  process.exitCode = await runCommand({ baseUrl, token, authentication, kind, action, userName }, print);
}

/** @returns scheme, host and port of a URL; undefined if invalid */
function originOf(text: string | undefined): string | undefined {
  return text !== undefined && URL.canParse(text) ? new URL(text).origin : undefined;
}
