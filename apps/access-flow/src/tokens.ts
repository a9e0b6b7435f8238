import { type Target } from './targets/target.js';

/** Injection tokens of values that have no class. */
export const LOGGER = Symbol('LOGGER');
export const METRICS = Symbol('METRICS');
export const SETTINGS = Symbol('SETTINGS');
export const TARGETS = Symbol('TARGETS');
/** Milliseconds between runs of the reconciler. */
export const RECONCILE_MS = Symbol('RECONCILE_MS');

/** Configured limits of the rules. */
export interface Settings {
  /** Seconds until a request without a review expires. */
  pendingRequestSeconds: number;
}

export type Targets = readonly Target[];
