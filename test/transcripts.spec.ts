import { amqpTests } from '@tidegate/testing';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TenantSettings } from './http.js';
import { type Start } from './both-ways.js';
import { startInProcess } from './in-process.js';
import { conversation, type Exchange, filesOf, play, type Saved } from './scim-exchange.js';
import { startSystem, type Tidegate } from './system.js';

/** A folder is a conversation, with its exchanges in the order of their names. */
const FOLDER = join(__dirname, 'transcripts');
/** Not a conversation: see quirks.spec.ts. */
const QUIRKS = 'quirks';
/** Settings of the integration of a conversation. */
const TENANT = 'tenant.json';
/** Contains each kind of command, reply and error once: their encoding on a queue does not depend on the sender. */
const SAMPLE = [
  '02-existence-check-and-create',
  '05-deactivate-catalog-app',
  '07-import',
  '08-groups-catalog-app',
  '10-delete-group',
  '11-errors',
];

const PROMISE = 'identity providers get the responses that they expect';
const all = readdirSync(FOLDER).filter((name) => name !== QUIRKS);

describe(`${PROMISE}: in one process`, () => conversations(startInProcess, all.sort()));
amqpTests(`${PROMISE}: a sample over three processes`, () => conversations(() => startSystem(), SAMPLE));

function conversations(start: Start, scenarios: readonly string[]): void {
  let tidegate: Tidegate;
  beforeAll(async () => (tidegate = await start()));
  afterAll(() => tidegate?.stop());

  describe.each(scenarios)('%s', (scenario) => {
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
