// `npm run first-steps`: asks for the API key, shows the life of a grant with a simulated Okta, and stores the ids and the key
// for calls with curl.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, fail, root } from './lib/ensure.mjs';
import { askSecret, waitForEnter } from './lib/ask-secret.mjs';

const USAGE = `Usage: npm run first-steps -- [--url URL] [--folder FOLDER]

  --url URL         URL of Tidegate, default http://localhost:3000
  --folder FOLDER   where the ids and the key are stored, default .first-steps

The API key is read from TIDEGATE_API_KEY, from the file in TIDEGATE_API_KEY_FILE, or asked for.`;

const { url, folder, help } = readArguments();
if (help) {
  console.log(USAGE);
  process.exit(0);
}
await ensureInstalled();
await ensureBuilt();
const { runFirstSteps } = await import('../dist/apps/okta-simulator/src/first-steps/index.js');

const response = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
if (!response)
  fail(
    `Tidegate does not respond at ${url}. Run "npm start" in another terminal, or name its address: npm run first-steps -- --url URL`,
  );
const apiKey = await readKey();
if (apiKey === '') fail('The API key is missing. "npm start" prints it.');
console.log('');
try {
  const ids = await runFirstSteps({
    baseUrl: url,
    apiKey,
    print: (line) => console.log(line),
    pause: () => waitForEnter('   Press Enter, and Okta deactivates alice. '),
  });
  store(apiKey, { API: `${url}/api/v1`, ...ids });
} catch (error) {
  fail(
    error?.status === 401
      ? 'This is not a valid API key of this Tidegate. If its key was never used, a newer start has replaced it: copy the newest one.'
      : `The steps failed: ${error instanceof Error ? error.message : error}`,
  );
}

function readArguments() {
  try {
    const options = {
      url: { type: 'string', default: 'http://localhost:3000' },
      folder: { type: 'string', default: join(root, '.first-steps') },
      help: { type: 'boolean', default: false },
    };
    const { values } = parseArgs({ options });
    const parsed = URL.canParse(values.url) ? new URL(values.url) : undefined;
    if (!parsed || !/^https?:$/.test(parsed.protocol)) fail(`${values.url} is not an http or https URL.`);
    return { ...values, url: parsed.origin };
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`);
  }
}

/** Never from an argument: other users can read those, and shells store them. */
function readKey() {
  const { TIDEGATE_API_KEY: key, TIDEGATE_API_KEY_FILE: file } = process.env;
  if (key) return key;
  if (file) return readFileSync(file, 'utf8').trim();
  return askSecret('API key that "npm start" printed (the input is not shown): ');
}

/** Writes the variables for a shell, and a file for `curl -K` with the key, both readable only by this user. */
function store(key, variables) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name, lines) => {
    const file = join(folder, name);
    rmSync(file, { force: true }); // an existing file would keep its mode
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
    return relative(process.cwd(), file);
  };
  const quoted = key.replace(/[\\"]/g, '\\$&');
  const config = write('curl.conf', [
    'silent',
    'show-error',
    'write-out = "\\n"',
    `header = "Authorization: Bearer ${quoted}"`,
    'header = "Content-Type: application/json"',
  ]);
  const ids = write(
    'ids.sh',
    Object.entries(variables).map(([name, value]) => `export ${name}='${value.replaceAll("'", '%27')}'`),
  );
  console.log(`
Look at it yourself:

  . ${ids}
  curl -K ${config} $API/grants/$GRANT

${ids} has the ids, ${config} the API key; only your user can read them.`);
}
