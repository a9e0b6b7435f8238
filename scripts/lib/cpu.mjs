// CPU time of a command, independent of other load on the machine.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * User and system CPU time of this process and of all descendants that have ended and were waited for: `utime`, `stime`,
 * `cutime` and `cstime` of `/proc/self/stat` (proc(5)).
 * @returns minutes; undefined on systems without that file, such as macOS
 */
export function cpuMinutes() {
  try {
    // The second field is the program name in parentheses and can contain spaces; the fields after it start at the third.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return ticks / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) / 60;
  } catch {
    return undefined;
  }
}
