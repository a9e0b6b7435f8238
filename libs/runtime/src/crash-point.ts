/** For fault tests: `relay.claimed:3` kills the process when it reaches that step the third time. */
const [crashAt, passes = '1'] = (process.env.TIDEGATE_CRASH_AT ?? '').split(':');
let passed = 0;

/** Steps where a crash must not lose data. */
export type CrashPoint =
  | 'relay.claimed' // the change is committed, its event is not published
  | 'relay.delivered' // the event is published, and still in the outbox
  | 'command.handled' // the command is applied, its caller has no reply
  | 'event.handled'; // the event is applied, the broker has no acknowledgement

/** Kills the process with SIGKILL when TIDEGATE_CRASH_AT selects this step; otherwise does nothing. */
export function crashPoint(point: CrashPoint): void {
  if (point === crashAt && ++passed === Number(passes)) process.kill(process.pid, 'SIGKILL');
}
