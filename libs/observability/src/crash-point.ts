/** `relay.claimed:3` dies when that step is reached the third time. For fault tests; unset, a crash point does nothing. */
const [crashAt, passes = '1'] = (process.env.TIDEGATE_CRASH_AT ?? '').split(':');
let passed = 0;

/** The steps between which a process may die without anything being lost. */
export type CrashPoint =
  | 'relay.claimed' // the change is committed, its event is not sent
  | 'relay.delivered' // the event is sent, and still in the outbox
  | 'command.handled' // the command is applied, its asker has no answer
  | 'event.handled'; // the event is applied, the broker does not know

/** Dies here, as by kill -9, when the process was started to do so. */
export function crashPoint(point: CrashPoint): void {
  if (point === crashAt && ++passed === Number(passes)) process.kill(process.pid, 'SIGKILL');
}
