import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Example, filesOf } from './scim-exchange.js';

const PAGE = readFileSync('docs/scim-conformance.md', 'utf8');
const EXAMPLES = 'test/rfc';

describe('docs/scim-conformance.md', () => {
  const named = [...new Set([...PAGE.matchAll(/`([^`\s]+\.(?:json|spec\.ts))`/g)].map(([, file]) => file!))];

  it.each(named)('%s exists', (file) => {
    const path = file.includes('/') ? file : join(EXAMPLES, file);
    const [before = '', after] = basename(path).split('*');
    const isThere =
      after === undefined
        ? existsSync(path)
        : readdirSync(dirname(path)).some((name) => name.startsWith(before) && name.endsWith(after));
    expect(isThere).toBe(true);
  });

  it('names a test file in every table row', () => {
    const rows = PAGE.split('\n').filter((line) => /^\| \d/.test(line));
    expect(rows.length).toBeGreaterThan(90);
    expect(rows.filter((row) => !/`[^`]+\.(?:json|spec\.ts)`/.test(row))).toEqual([]);
  });

  it('lists exactly the examples with a different response', () => {
    const [, section = ''] = PAGE.split('## Examples that are answered otherwise');
    const listed = [...(section.split('\n## ')[0] ?? '').matchAll(/`(rfc[^`]+\.json)`/g)].map(([, file]) => file!);
    const decided = filesOf<Example>(EXAMPLES).filter(([, { decision }]) => decision !== undefined);
    expect(listed.sort()).toEqual(decided.map(([file]) => file));
  });
});
