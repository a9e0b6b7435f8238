import { FIRST_DAY_STEPS, playFirstDay, table } from '../src/demo/index.js';
import { type Fault, fakeTidegate } from './fake-tidegate.js';

async function play(fault: Fault) {
  const server = await fakeTidegate(fault);
  try {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    // A fault does not go away, so a run with a fault needs no long timeout.
    const durations =
      fault === 'none' ? { shortGrantSeconds: 2, timeoutSeconds: 300 } : { shortGrantSeconds: 1, timeoutSeconds: 0.3 };
    const started: [step: string, finished: number][] = [];
    const day = await playFirstDay({
      ...{ baseUrl: server.url, apiKey: 'key', print, ...durations },
      started: (...step) => started.push(step),
    });
    return { ...day, lines, started, failed: day.rows.filter((row) => !row.ok).map((row) => row.step) };
  } finally {
    await server.close();
  }
}

describe('The demo', () => {
  it('succeeds, prints one line per step and returns the measured revocations', async () => {
    const day = await play('none');
    expect(day.failed).toEqual([]);
    expect(day.ok).toBe(true);
    expect(day.lines.filter((line) => line.startsWith('ok'))).toHaveLength(day.rows.length);
    expect(day.revocations.map(({ userName, grants }) => [userName, grants])).toEqual([
      ['alice@acme.example', 1],
      ['bob@acme.example', 2],
    ]);
    expect(table(day.rows).filter((line) => line.startsWith('yes '))).toHaveLength(day.rows.length);
    expect(Math.max(...table(day.rows).map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('reports the progress of all its steps', async () => {
    const { started, rows } = await play('none');
    expect(started).toEqual(rows.map(({ step }, finished) => [step, finished]));
    expect(rows).toHaveLength(FIRST_DAY_STEPS);
  });

  it.each<[Fault, RegExp]>([
    ['keeps grants', /deactivates alice by PATCH.*deactivates bob by PUT/],
    ['restores grants', /no grant is restored/],
    ['push deletes grants', /Push Now/],
    ['anyone approves', /bob, who is not an approver/],
    ['never expires', /short grant of dan expires/],
  ])('detects a Tidegate that %s: %s', async (fault, step) => {
    const day = await play(fault);
    expect(day.ok).toBe(false);
    expect(day.failed.join('; ')).toMatch(step);
  });

  it('fails and stops at a step that throws', async () => {
    const day = await playFirstDay({ baseUrl: 'http://127.0.0.1:9', apiKey: 'key', print: () => undefined });
    expect(day.ok).toBe(false);
    expect(day.rows).toHaveLength(1);
  });
});
