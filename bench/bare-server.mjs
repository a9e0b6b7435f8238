// The baseline for Tidegate: a Fastify server that handles each request with one named statement on the same PostgreSQL.
// Reads DATABASE_URL. Sends its URL to the parent process when it listens.
import Fastify from 'fastify';
import { randomUUID } from 'node:crypto';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 12 });
await pool.query('CREATE TABLE IF NOT EXISTS bare_users (id uuid PRIMARY KEY, attributes jsonb NOT NULL)');

const app = Fastify();
app.post('/Users', async (request, reply) => {
  const id = randomUUID();
  await pool.query({
    name: 'insert',
    text: 'INSERT INTO bare_users (id, attributes) VALUES ($1, $2)',
    values: [id, JSON.stringify(request.body)],
  });
  return reply.status(201).send({ id, ...request.body });
});
app.get('/Users', async ({ query }) => {
  const { rows } = await pool.query({
    name: 'find',
    text: `SELECT id, attributes FROM identity.users WHERE integration_id = $1 AND user_name_key = $2`,
    values: [query.integrationId, query.userName],
  });
  return { totalResults: rows.length, Resources: rows.map(({ id, attributes }) => ({ id, ...attributes })) };
});
process.send(await app.listen({ port: 0, host: '127.0.0.1' }));
process.once('SIGTERM', () =>
  app
    .close()
    .then(() => pool.end())
    .then(() => process.disconnect()),
);
