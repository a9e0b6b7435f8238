import { bigDirectory } from './big-directory.mjs';
import { creates } from './creates.mjs';
import { hostileCosts } from './hostile-bodies.mjs';
import { noisyNeighbour } from './noisy-neighbour.mjs';
import { percentile } from './load.mjs';
import { outbox } from './outbox.mjs';
import { revocations } from './revocations.mjs';
import { rpc } from './rpc.mjs';
import { startSystem } from './system.mjs';

const rate = (perSecond) => `${Math.round(perSecond)}/s`;
const ms = (milliseconds) => `${milliseconds.toFixed(1)} ms`;
const ratio = (a, b) => (a / b).toFixed(2);

/**
 * Runs the measurements one after the other and prints the table.
 * @param {{ databaseUrl: string, amqpUrl: string, wanted: (name: string) => boolean, isFlood: (name: string) => boolean,
 *   profileFolder?: string, print: (line: string) => void }} parts
 */
export async function measure({ wanted, isFlood, print, ...where }) {
  const rows = [];
  const report = (row) => rows.push(row) && print(`  ${row.join('   ')}`);
  let call;
  if (wanted('rpc')) {
    call = await rpc(where);
    const { perSecond, rawPerSecond, alone, rawAlone } = call;
    report([
      "RPC over Tidegate's transport, 32 in flight",
      rate(perSecond),
      `÷ amqplib alone ${rate(rawPerSecond)}`,
      ratio(perSecond, rawPerSecond),
    ]);
    report(['the same, one at a time (p50)', ms(alone), `amqplib alone ${ms(rawAlone)}`, ratio(rawAlone, alone)]);
  }
  if (['creates', 'revocations', 'directory'].some(wanted)) {
    const system = await startSystem(where);
    try {
      if (wanted('creates')) {
        const { perSecond, barePerSecond, p50, p99, catchUpSeconds } = await creates({ system, ...where });
        report([
          'create through Tidegate',
          rate(perSecond),
          `÷ bare insert ${rate(barePerSecond)}`,
          ratio(perSecond, barePerSecond),
        ]);
        report(['its latency, 32 connections', `p50 ${ms(p50)}`, `p99 ${ms(p99)}`, '']);
        report(['access-flow has handled all events', `${catchUpSeconds.toFixed(1)} s later`, '', '']);
      }
      if (wanted('revocations')) {
        const { count, p50, p99, max } = await revocations({ system, ...where });
        report([`deactivation → decided, ${count} times`, `p50 ${ms(p50)}`, `p99 ${ms(p99)}, longest ${ms(max)}`, '']);
        if (call) report(['its p50 in RPCs', '', `÷ one RPC ${ms(call.alone)}`, ratio(p50, call.alone)]);
      }
      // Last, because it fills the database.
      if (wanted('directory')) for (const row of directoryRows(await bigDirectory({ system, ...where }))) report(row);
    } finally {
      await system.stop();
    }
  }
  const tables = [];
  if (wanted('bodies')) tables.push(await inSystem(where, async (parts) => bodiesTable(await hostileCosts(parts))));
  if (wanted('neighbour'))
    tables.push(await inSystem(where, async (parts) => neighbourTable(await noisyNeighbour({ ...parts, isFlood }))));
  if (wanted('outbox')) {
    const { events, perSecond } = await outbox(where);
    report([`outbox backlog of ${events} events, drained`, rate(perSecond), '', '']);
  }
  print('');
  if (rows.length > 0) tables.unshift([['measured', 'figure', 'baseline', 'ratio'], ...rows]);
  for (const each of tables) for (const line of [...table(each), '']) print(line);
}

/** Measures in a separate system, which is stopped afterwards. */
async function inSystem(where, measured) {
  const system = await startSystem(where);
  try {
    return await measured({ system, ...where });
  } finally {
    await system.stop();
  }
}

function bodiesTable({ plain, rows }) {
  const head = ['body', 'bytes', 'status', 'CPU', '÷ a create, per 10 kB', 'gateway blocked', 'identity blocked'];
  const lines = rows.map(({ name, bytes, status, cpu, ratio, gateway, identity }) => [
    ...[name, count(bytes), String(status), ms(cpu), ratio.toFixed(2)],
    ...[ms(gateway), ms(identity)],
  ]);
  return [head, ['a plain create', count(1330), '201', ms(plain), '1.00', '', ''], ...lines];
}

function neighbourTable({ alone, rows }) {
  const head = [
    'one integration floods with',
    'its responses',
    'deactivations of another',
    'p50',
    'p99',
    'p99 ÷ alone',
  ];
  const aloneP99 = percentile(alone, 0.99);
  const line = (name, answers, times) => {
    const p99 = percentile(times, 0.99);
    return [name, answers, count(times.length), ms(percentile(times, 0.5)), ms(p99), ratio(p99, aloneP99)];
  };
  return [head, line('nothing', '', alone), ...rows.map(({ name, answers, loaded }) => line(name, answers, loaded))];
}

const count = (number) => number.toLocaleString('en');

function directoryRows({ lookup, pages, members, unchangedPut, reading }) {
  const heaps = Object.entries(reading.heaps).map(
    ([name, { before, most }]) => `${name} +${Math.round(most - before)} MB`,
  );
  return [
    [
      `userName eq at ${count(lookup.users)} users`,
      ms(lookup.inBig),
      `÷ bare indexed query ${ms(lookup.inBare)}`,
      ratio(lookup.inBig, lookup.inBare),
    ],
    ['the same', '', `÷ at ${count(lookup.few)} users ${ms(lookup.inSmall)}`, ratio(lookup.inBig, lookup.inSmall)],
    ['page 900', ms(pages.page900), `÷ page 1 ${ms(pages.first)}`, ratio(pages.page900, pages.first)],
    [`page ${count(pages.lastPage)}`, ms(pages.last), `÷ page 1 ${ms(pages.first)}`, ratio(pages.last, pages.first)],
    [
      `one member of ${count(members.many)} added or removed`,
      ms(members.inMany),
      `÷ of ${count(members.few)} ${ms(members.inFew)}`,
      ratio(members.inMany, members.inFew),
    ],
    [
      `unchanged PUT of ${count(unchangedPut.members)} members`,
      ms(unchangedPut.milliseconds),
      `${unchangedPut.rows} rows written, ${unchangedPut.events} events published`,
      '',
    ],
    [`a group of ${count(reading.members)} members read whole`, ms(reading.milliseconds), heaps.join(', '), ''],
    [
      'the same without members',
      ms(reading.manyWithout),
      `÷ a small group without ${ms(reading.fewWithout)}`,
      ratio(reading.manyWithout, reading.fewWithout),
    ],
  ];
}

/** @returns {string[]} the lines of a Markdown table */
function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}
