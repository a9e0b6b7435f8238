import { join } from 'node:path';
import { DIALECTS, QUIRKS, type QuirkName, tolerates } from '@tidegate/scim';
import { startInProcess } from './in-process.js';
import { type Example, type Expected, filesOf, playExample } from './scim-exchange.js';
import { type Tidegate } from './system.js';

/** A request, its response in dialects that tolerate the quirk, and in the others. */
interface QuirkExample extends Example {
  quirk: QuirkName;
  strict: Expected;
}

const EXAMPLES = filesOf<QuirkExample>(join(__dirname, 'transcripts', 'quirks'));

describe('deviations from the RFCs', () => {
  let tidegate: Tidegate;
  beforeAll(async () => (tidegate = await startInProcess()));
  afterAll(() => tidegate?.stop());

  it('each quirk has a file, and each file a quirk', () => {
    const names = Object.keys(QUIRKS).sort();
    expect(EXAMPLES.map(([file]) => file)).toEqual(names.map((name) => `${name}.json`));
    expect(EXAMPLES.map(([, { quirk }]) => quirk)).toEqual(names);
  });

  const everywhere = EXAMPLES.flatMap(([, example]) =>
    DIALECTS.map((dialect) => [dialect, example.quirk, example] as const),
  );
  it.each(everywhere)('%s: %s', (dialect, quirk, example) => {
    const response = tolerates(dialect, quirk) ? example.response : example.strict;
    return playExample(tidegate, { ...example, response }, { dialect });
  });
});
