import { type Target } from './targets/target.js';

/** Injection tokens of values whose types are no classes. */
export const LOGGER = Symbol('LOGGER');
export const METRICS = Symbol('METRICS');
export const SETTINGS = Symbol('SETTINGS');
export const TARGETS = Symbol('TARGETS');
/** Milliseconds between two rounds of the reconciler. */
export const RECONCILE_MS = Symbol('RECONCILE_MS');

/** What an operator may set about the rules themselves. */
export interface Settings {
  /** How long a request waits for a review before it expires. */
  pendingRequestSeconds: number;
}

export type Targets = readonly Target[];
