import { type Logger, type Metrics } from '@tidegate/observability';
import { type Target } from './targets/target.js';

/** Injection tokens of values whose types are no classes. */
export const LOGGER = Symbol('LOGGER');
export const METRICS = Symbol('METRICS');
export const SETTINGS = Symbol('SETTINGS');
export const TARGETS = Symbol('TARGETS');

/** What an operator may set about the rules themselves. */
export interface Settings {
  /** How long a request waits for a review before it expires. */
  pendingRequestSeconds: number;
}

/** What runs a worker: where it reports, and what it measures. */
export type Reporting = { logger: Logger; metrics: Metrics };
export type Targets = readonly Target[];
