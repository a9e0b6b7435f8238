/** The services that send and receive messages. Each owns the Postgres schema and the queues of its name. */
export const SERVICES = ['gateway', 'identity', 'access-flow'] as const;
export type Service = (typeof SERVICES)[number];

/** Deactivations and what undoes access travel in a lane of their own, so that no backlog delays them. */
export const LANES = ['normal', 'urgent'] as const;
export type Lane = (typeof LANES)[number];
