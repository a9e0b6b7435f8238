import { amqpTests, emptyDatabase } from '@tidegate/testing';
import { playFirstDay } from '../apps/okta-simulator/src/demo/index.js';
import { API_KEY, startSystem, type System } from './system.js';

amqpTests("an organization's first day", () => {
  let three: System;
  let five: System;
  let ofThree: Promise<string[]>;
  let ofFive: Promise<string[]>;

  // The story has a grant of 60 seconds that no setting shortens, so both systems run it at the same time.
  // Like in a new installation, all processes of a system start at the same time with an empty database.
  beforeAll(async () => {
    three = await startSystem({ database: emptyDatabase });
    ofThree = play(three);
    five = await startSystem({ identities: 2, accessFlows: 2, database: emptyDatabase });
    ofFive = play(five);
  });

  afterAll(() => Promise.all([three?.stop(), five?.stop()]));

  it('passes with three processes', async () => expect(await ofThree).toEqual([]));

  it('passes with two identity and two access-flow processes', async () => expect(await ofFive).toEqual([]));

  it('involves every process', async () => {
    for (const { app, opsUrl } of five.parts.filter((part) => part.app !== 'gateway')) {
      const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
      expect(metrics).toMatch(new RegExp(`tidegate_command_duration_seconds_count\\{.*service="${app}".*\\} [1-9]`));
    }
  });
});

/** Runs the story. @returns its failed checks */
async function play(system: System): Promise<string[]> {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const { ok } = await playFirstDay({ baseUrl: system.baseUrl, apiKey: API_KEY, print, timeoutSeconds: 300 });
  return ok ? [] : lines.filter((line) => !line.startsWith('ok'));
}
