import { brokerFaultTests } from '@tidegate/testing';
import { playFirstDay } from '../apps/okta-simulator/src/demo/index.js';
import { API_KEY, startSystem, type System } from './system.js';

/** The story holds a grant of 60 seconds, and no setting shortens it: both systems play at the same time. */
const LONG_MS = 240_000;

brokerFaultTests("an organization's first day", () => {
  let three: System;
  let five: System;
  let ofThree: Promise<string[]>;
  let ofFive: Promise<string[]>;

  beforeAll(async () => {
    three = await startSystem();
    ofThree = play(three);
    five = await startSystem({ identities: 2, accessFlows: 2 });
    ofFive = play(five);
  }, LONG_MS);

  afterAll(() => Promise.all([three?.stop(), five?.stop()]), LONG_MS);

  it('holds over three processes', async () => expect(await ofThree).toEqual([]), LONG_MS);

  it('holds over two identity and two access-flow processes', async () => expect(await ofFive).toEqual([]), LONG_MS);

  it('is the work of every process', async () => {
    for (const { app, opsUrl } of five.parts.filter((part) => part.app !== 'gateway')) {
      const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
      expect(metrics).toMatch(new RegExp(`tidegate_command_duration_seconds_count\\{.*service="${app}".*\\} [1-9]`));
    }
  });
});

/** Plays the story. @returns what was not as expected, in the words of the story */
async function play(system: System): Promise<string[]> {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const { ok } = await playFirstDay({ baseUrl: system.baseUrl, apiKey: API_KEY, print });
  return ok ? [] : lines.filter((line) => !line.startsWith('ok'));
}
