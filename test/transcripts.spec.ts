import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TenantSettings } from './http.js';
import { bothWays, type Start } from './both-ways.js';
import { conversation, type Exchange, filesOf, play, type Saved } from './scim-exchange.js';
import { type Tidegate } from './system.js';

/** A folder holds a conversation, whose exchanges follow each other in the order of their names. */
const FOLDER = join(__dirname, 'transcripts');
/** No conversation: see quirks.spec.ts. */
const QUIRKS = 'quirks';
/** What a folder may say of the integration that the conversation is about. */
const TENANT = 'tenant.json';
const LONG_MS = 60_000;

bothWays('what identity providers say is answered as they want it', conversations);

function conversations(start: Start): void {
  let tidegate: Tidegate;
  beforeAll(async () => (tidegate = await start()), LONG_MS);
  afterAll(() => tidegate?.stop(), LONG_MS);

  const scenarios = readdirSync(FOLDER).filter((name) => name !== QUIRKS);
  describe.each(scenarios.sort())('%s', (scenario) => {
    let saved: Saved;
    beforeAll(async () => (saved = await conversation(tidegate, settingsOf(join(FOLDER, scenario)))));

    const exchanges = filesOf<Exchange>(join(FOLDER, scenario)).filter(([name]) => name !== TENANT);
    it.each(exchanges.map(([, exchange]) => [exchange.description, exchange] as const))('%s', (_, exchange) =>
      play(tidegate, exchange, saved),
    );
  });
}

function settingsOf(folder: string): TenantSettings {
  const file = join(folder, TENANT);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TenantSettings) : {};
}
