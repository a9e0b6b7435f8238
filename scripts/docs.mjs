// `npm run docs`: writes docs/asyncapi.yaml and the tables of docs/events.md from libs/contracts.
import { readFileSync, writeFileSync } from 'node:fs';
import { ensureBuilt, ensureInstalled, root } from './lib/ensure.mjs';

process.chdir(root);
await ensureInstalled();
await ensureBuilt();
const { GENERATED } = await import('../dist/libs/contracts/src/reference/generate.js');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

for (const [path, generate] of Object.entries(GENERATED)) {
  const present = readFileSync(path, 'utf8');
  const text = generate(present, version);
  if (text !== present) writeFileSync(path, text);
  console.log(`${path}: ${text === present ? 'unchanged' : 'written'}`);
}
