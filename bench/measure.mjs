import { creates } from './creates.mjs';
import { outbox } from './outbox.mjs';
import { revocations } from './revocations.mjs';
import { rpc } from './rpc.mjs';
import { startSystem } from './system.mjs';

const rate = (perSecond) => `${Math.round(perSecond)}/s`;
const ms = (milliseconds) => `${milliseconds.toFixed(1)} ms`;
const ratio = (a, b) => (a / b).toFixed(2);

/**
 * Measures one thing after the other and prints the table.
 * @param {{ databaseUrl: string, amqpUrl: string, wanted: (name: string) => boolean, profileFolder?: string,
 *   print: (line: string) => void }} parts
 */
export async function measure({ wanted, print, ...where }) {
  const rows = [];
  const told = (row) => rows.push(row) && print(`  ${row.join('   ')}`);
  let call;
  if (wanted('rpc')) {
    call = await rpc(where);
    const { perSecond, rawPerSecond, alone, rawAlone } = call;
    told([
      'RPC over our transport, 32 in flight',
      rate(perSecond),
      `÷ amqplib alone ${rate(rawPerSecond)}`,
      ratio(perSecond, rawPerSecond),
    ]);
    told(['the same, one at a time (p50)', ms(alone), `amqplib alone ${ms(rawAlone)}`, ratio(rawAlone, alone)]);
  }
  if (wanted('creates') || wanted('revocations')) {
    const system = await startSystem(where);
    try {
      if (wanted('creates')) {
        const { perSecond, barePerSecond, p50, p99, catchUpSeconds } = await creates({ system, ...where });
        told([
          'create through the whole path',
          rate(perSecond),
          `÷ bare insert ${rate(barePerSecond)}`,
          ratio(perSecond, barePerSecond),
        ]);
        told(['its latency, 32 connections', `p50 ${ms(p50)}`, `p99 ${ms(p99)}`, '']);
        told(['access-flow has heard all of it', `${catchUpSeconds.toFixed(1)} s later`, '', '']);
      }
      if (wanted('revocations')) {
        const { count, p50, p99, max } = await revocations({ system, ...where });
        told([`deactivation → decided, ${count} times`, `p50 ${ms(p50)}`, `p99 ${ms(p99)}, longest ${ms(max)}`, '']);
        if (call) told(['its p50 in RPCs', '', `÷ one RPC ${ms(call.alone)}`, ratio(p50, call.alone)]);
      }
    } finally {
      await system.stop();
    }
  }
  if (wanted('outbox')) {
    const { facts, perSecond } = await outbox(where);
    told([`outbox backlog of ${facts} facts, drained`, rate(perSecond), '', '']);
  }
  print('');
  for (const line of table([['measured', 'figure', 'beside', 'ratio'], ...rows])) print(line);
}

/** @returns {string[]} the lines of a Markdown table */
function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}
