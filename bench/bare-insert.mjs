// The peer of a create through Tidegate: a Fastify that puts the same body into the same Postgres by one named insert,
// and does nothing else. DATABASE_URL says where. Tells its address when it listens.
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
process.send(await app.listen({ port: 0, host: '127.0.0.1' }));
process.once('SIGTERM', () =>
  app
    .close()
    .then(() => pool.end())
    .then(() => process.disconnect()),
);
