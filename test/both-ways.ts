import { amqpTests } from '@tidegate/testing';
import { startInProcess } from './in-process.js';
import { type Env, startSystem, type Tidegate } from './system.js';

/** Starts a Tidegate. @param settings beside the usual ones */
export type Start = (settings?: Env) => Promise<Tidegate>;

/** The same promises twice: of the services in one process, and of three processes that meet on a RabbitMQ. */
export function bothWays(promises: string, tests: (start: Start) => void): void {
  describe(`${promises}: in one process`, () => tests(startInProcess));
  amqpTests(`${promises}: over three processes`, () => tests((env = {}) => startSystem({ env })));
}
