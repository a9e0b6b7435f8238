// What a command costs, whatever else the machine is doing meanwhile.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * CPU time of this process and of all its descendants that have ended and were waited for, user and system: `utime`, `stime`,
 * `cutime` and `cstime` of `/proc/self/stat` (proc(5)).
 * @returns minutes; undefined where there is no such file, as on macOS
 */
export function cpuMinutes() {
  try {
    // The second field is the program's name in parentheses, which may hold spaces; the fields after it start at the third.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return ticks / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) / 60;
  } catch {
    return undefined;
  }
}
