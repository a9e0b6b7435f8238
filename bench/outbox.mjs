import pg from 'pg';
import { MIGRATIONS } from '../dist/apps/identity/src/migrations/index.js';
import { Database, Relay } from '../dist/libs/database/src/index.js';
import { amqpTransport } from '../dist/libs/messaging/src/index.js';
import { createLogger, createMetrics } from '../dist/libs/observability/src/index.js';
import { PREFIX } from './rpc-names.mjs';

const EVENTS = 20_000;

/** Measures how one relay publishes a backlog of events to quorum queues. The services must be stopped. */
export async function outbox({ databaseUrl, amqpUrl }) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const database = await Database.open({ url: databaseUrl, schema: 'identity', migrations: MIGRATIONS, poolSize: 12 });
  const transport = await amqpTransport({ url: amqpUrl, prefix: PREFIX });
  const relay = new Relay(
    database,
    transport.publisher('identity'),
    createLogger({ service: 'bench', level: 'warn' }),
    createMetrics('bench'),
  );
  try {
    await fill(client);
    const startedAt = performance.now();
    relay.start();
    await untilEmpty(client);
    return { events: EVENTS, perSecond: (EVENTS * 1000) / (performance.now() - startedAt) };
  } finally {
    await relay.stop();
    await transport.close();
    await database.close();
    await client.end();
  }
}

async function fill(client) {
  await client.query(
    `INSERT INTO identity.outbox (id, name, integration_id, subject, version, request_id, data, urgent)
     SELECT gen_random_uuid(), 'user.created', gen_random_uuid(), id, 1, id::text, jsonb_build_object('userId', id,
       'userName', 'user' || n || '@acme.example', 'displayName', 'Alice Andersson', 'externalId', '00u' || n,
       'active', true, 'deleted', false, 'deactivations', 0, 'version', 1), false
     FROM generate_series(1, $1::integer) n, LATERAL (SELECT gen_random_uuid() AS id WHERE n > 0)`,
    [EVENTS],
  );
}

async function untilEmpty(client) {
  for (;;) {
    // Cheaper than count(*), which would slow down the relay.
    const { rows } = await client.query('SELECT 1 FROM identity.outbox LIMIT 1');
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
