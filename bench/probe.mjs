// Loaded into a service before its own code (`--import`): tells how much CPU the process used and how long its event
// loop was held. Only benchmarks load it.
import { setInterval } from 'node:timers';

/** Milliseconds of CPU of this process, all threads. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

let longest = 0;
let last = cpu();
// The CPU used between two ticks, not the time that passed: on a busy machine a process also waits for its turn.
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
