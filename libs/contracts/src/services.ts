/** The services that send and receive messages. Each owns the Postgres schema and the queues of its name. */
export const SERVICES = ['gateway', 'identity', 'access-flow'] as const;
export type Service = (typeof SERVICES)[number];

/** Messages that remove access have separate queues, `urgent`, so that a backlog of others does not delay them. */
export const LANES = ['normal', 'urgent'] as const;
export type Lane = (typeof LANES)[number];
