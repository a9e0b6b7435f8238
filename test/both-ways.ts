import { amqpTests } from '@tidegate/testing';
import { startInProcess } from './in-process.js';
import { type Env, startSystem, type Tidegate } from './system.js';

/** Starts Tidegate. @param settings in addition to the defaults */
export type Start = (settings?: Env) => Promise<Tidegate>;

/** Runs the tests twice: with all services in one process, and with three processes and RabbitMQ. */
export function bothWays(promises: string, tests: (start: Start) => void): void {
  describe(`${promises}: in one process`, () => tests(startInProcess));
  amqpTests(`${promises}: over three processes`, () => tests((env = {}) => startSystem({ env })));
}
