import { playFirstDay, table } from '../src/demo/index.js';
import { type Fault, pretendTidegate } from './pretend-tidegate.js';

async function play(fault: Fault) {
  const server = await pretendTidegate(fault);
  try {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    // What is wrong stays wrong: only where all is well is it worth being patient.
    const patience =
      fault === 'none'
        ? { shortGrantSeconds: 2, patienceSeconds: 300 }
        : { shortGrantSeconds: 1, patienceSeconds: 0.3 };
    const day = await playFirstDay({ baseUrl: server.url, apiKey: 'key', print, ...patience });
    return { ...day, lines, wrong: day.rows.filter((row) => !row.ok).map((row) => row.step) };
  } finally {
    await server.close();
  }
}

describe("the story of an organization's first day", () => {
  it('is told to its end when everything is so, with a line for each step and the measured revocations', async () => {
    const day = await play('none');
    expect(day.wrong).toEqual([]);
    expect(day.ok).toBe(true);
    expect(day.lines.filter((line) => line.startsWith('ok'))).toHaveLength(day.rows.length);
    expect(day.revocations.map(({ userName, grants }) => [userName, grants])).toEqual([
      ['alice@acme.example', 1],
      ['bob@acme.example', 2],
    ]);
    expect(table(day.rows).filter((line) => line.endsWith('| yes'))).toHaveLength(day.rows.length);
  });

  it.each<[Fault, RegExp]>([
    ['keeps grants', /deactivates alice by PATCH.*deactivates bob by PUT/],
    ['restores grants', /nothing borrowed is restored/],
    ['push deletes grants', /Push Now/],
    ['anyone approves', /bob, who is no approver/],
    ['never expires', /short grant of dan ends by itself/],
  ])('finds a Tidegate that %s: %s', async (fault, step) => {
    const day = await play(fault);
    expect(day.ok).toBe(false);
    expect(day.wrong.join('; ')).toMatch(step);
  });

  it('ends at a step that cannot be done, and is not so', async () => {
    const day = await playFirstDay({ baseUrl: 'http://127.0.0.1:9', apiKey: 'key', print: () => undefined });
    expect(day.ok).toBe(false);
    expect(day.rows).toHaveLength(1);
  });
});
