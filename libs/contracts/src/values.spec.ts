import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @returns the packages and files that a browser loads with a file: type-only imports are removed by the compiler */
function loadedBy(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, names, from] of source.matchAll(/^(?:im|ex)port (?!type )([^;]*?)from '([^']+)'/gms)) {
    const isTypeOnly =
      names!.startsWith('{') &&
      names!
        .replace(/[{}\s]/g, ' ')
        .split(',')
        .every((name) => /^\s*(type |$)/.test(name));
    if (isTypeOnly) continue;
    if (from!.startsWith('.')) loadedBy(join(dirname(file), from!.replace(/\.js$/, '.ts')), loaded);
    else loaded.add(from!);
  }
  return loaded;
}

it('the values of the contracts load no package and no decorator', () => {
  const loaded = [...loadedBy('libs/contracts/src/values.ts')];
  expect(loaded.filter((file) => !file.startsWith('libs/contracts/src/'))).toEqual([]);
  expect(loaded.filter((file) => file.endsWith('.dto.ts') || file.includes('/dto/'))).toEqual([]);
  expect(loaded).toContain('libs/contracts/src/event-data.ts');
});

it('a file with a decorated class loads its packages, so that the previous test can fail', () => {
  expect([...loadedBy('libs/contracts/src/commands/flows.dto.ts')]).toContain('@nestjs/swagger');
});
