import { parseArgs } from 'node:util';
import { USAGE, runCommand } from './command-line.js';

const { values, positionals } = (() => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'scim-base-url': { type: 'string' },
        token: { type: 'string' },
        kind: { type: 'string', default: 'oin' },
        'bare-token': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return { values: undefined, positionals: [] };
  }
})();

const [action = '', userName] = positionals;
const baseUrl = values?.['scim-base-url'];
// In the environment the token is not seen by everybody who lists the processes.
const token = values?.token ?? process.env['TIDEGATE_SCIM_TOKEN'];
const kind = values?.kind;

if (!baseUrl || !URL.canParse(baseUrl) || !token || (kind !== 'oin' && kind !== 'aiw')) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = await runCommand(
    { baseUrl, token, authentication: values?.['bare-token'] ? 'bare' : 'bearer', kind, action, userName },
    (line) => process.stdout.write(`${line}\n`),
  );
}
