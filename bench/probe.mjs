// Loaded into a service before its code (`--import`): reports the CPU time of the process and the longest block of its
// event loop. Only for benchmarks.
import { setInterval } from 'node:timers';

/** Milliseconds of CPU of this process, all threads. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

let longest = 0;
let last = cpu();
// CPU time between two ticks, not wall time: on a busy machine a process also waits for the CPU.
setInterval(() => {
  const now = cpu();
  longest = Math.max(longest, now - last);
  last = now;
}, 1).unref();

process.on('message', (question) => {
  if (question !== 'probe') return;
  process.send({ cpu: cpu(), longest });
  longest = 0;
});
process.channel?.unref();
