/** Injection tokens of values that have no class. */
export const LOGGER = Symbol('LOGGER');
export const METRICS = Symbol('METRICS');
export const SETTINGS = Symbol('SETTINGS');
/** Milliseconds between runs of the reconciler. */
export const RECONCILE_MS = Symbol('RECONCILE_MS');

/** Configured limits of the rules. */
export interface Settings {
  /** Seconds until a request without a review expires. */
  pendingRequestSeconds: number;
}
