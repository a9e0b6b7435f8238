import { Controller, Module } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type Command, type Event, type Lane, type Service } from '@tidegate/contracts';
import { Database, currentMessagingTables, once, recordEvents, Relay, type Tx } from '@tidegate/database';
import { type Asking, listenFor, type Prefetch, type DeadLetters, type Transport } from '@tidegate/messaging';
import { createLogger, createMetrics } from '@tidegate/observability';
import { emptyDatabase, TEST_ACTOR, TEST_CAUSE } from '@tidegate/testing';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';

export const INTEGRATION = '0192f000-0000-7000-8000-000000000001';
export const OTHER_INTEGRATION = '0192f000-0000-7000-8000-000000000002';
export const PREFETCH: Prefetch = { commands: 4, urgentCommands: 2, events: 4, urgentEvents: 2 };

class Tables1700000000000 implements MigrationInterface {
  name = 'Tables1700000000000';
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [...currentMessagingTables('identity')]) await runner.query(sql);
  }
  async down(): Promise<void> {}
}

type Handlers = {
  command?: (command: Command) => unknown;
  event?: (event: Event) => unknown;
};

/** Starts a service with the given handlers of commands and events. */
export async function startReceiver(transport: Transport, service: Service, handlers: Handlers, prefetch = PREFETCH) {
  @Controller()
  class Receiver {
    @MessagePattern('users.get')
    command(@Payload() command: Command) {
      return handlers.command?.(command);
    }
    @EventPattern<string[]>(['user.updated', 'user.deactivated', 'api_key.revoked'])
    event(@Payload() event: Event) {
      return handlers.event?.(event);
    }
  }
  @Module({ controllers: [Receiver] })
  class Receiving {}
  const testing = await Test.createTestingModule({ imports: [Receiving] }).compile();
  const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  const metrics = createMetrics(service);
  await listenFor(app, transport, service, prefetch, metrics, { partial: true });
  return { metrics, stop: () => app.close() };
}

/** Starts a publisher of events: an outbox in its own database, and its relay. */
export async function startPublisher(transport: Transport) {
  const empty = await emptyDatabase();
  const database = await Database.open({
    url: empty.url,
    schema: 'identity',
    migrations: [Tables1700000000000],
    poolSize: 6,
  });
  const log: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'warn',
    destination: { write: (line) => void log.push(line) },
  });
  const metrics = createMetrics('identity');
  const relay = new Relay(database, transport.publisher('identity'), logger, metrics);
  relay.start();
  return {
    database,
    metrics,
    warnings: () => log.map((line) => JSON.parse(line) as Record<string, unknown>),
    /** Commits one event for each version. @returns their ids, oldest first */
    async publish(name: 'user.updated' | 'user.deactivated', versions: number[]): Promise<string[]> {
      const subject = uuidv7();
      return database.unscoped(async (tx) => {
        const state = { userId: subject, userName: 'alice@acme.example', displayName: null, externalId: null };
        const events = versions.map((version) => ({
          name,
          integrationId: INTEGRATION,
          subject,
          version,
          ...TEST_CAUSE,
          data: { ...state, active: true, deleted: false, deactivations: 0, version },
        }));
        await recordEvents(tx, 'identity', events);
        const rows = await tx.rows<{ id: string }>('SELECT id FROM identity.outbox WHERE subject = $1', [subject]);
        return rows.map((row) => row.id);
      });
    },
    /** Commits an event without an integration. */
    async publishSystemEvent(): Promise<void> {
      const keyId = uuidv7();
      const data = { keyId, scopes: null, integrationIds: null, expiresAt: null, revoked: true, version: 2 };
      const event = { name: 'api_key.revoked', integrationId: null, subject: keyId, version: 2, data } as const;
      await database.unscoped((tx) => recordEvents(tx, 'identity', [{ ...event, ...TEST_CAUSE }]));
    },
    outbox: () =>
      database.unscoped((tx) =>
        tx.rows<{ id: string; subscriber: string; state: string; reason: string }>(
          'SELECT o.id, subscriber, state, reason FROM identity.outbox o LEFT JOIN identity.outbox_delivery d ON d.event_id = o.id',
        ),
      ),
    /** Handles an event once per database, as services do. */
    once: (event: Event, work: () => void) => once(database, event, async () => work()),
    /** @returns the integrations of the events in the inbox that a transaction of the integrations, or an unscoped one, sees */
    inbox: (integrationIds?: string[]) => {
      const read = (tx: Tx) =>
        tx.rows<{ integration_id: string | null }>('SELECT integration_id FROM identity.inbox ORDER BY received_at');
      return integrationIds ? database.transaction({ integrationIds }, read) : database.unscoped(read);
    },
    async stop() {
      await relay.stop();
      await database.close();
      await empty.drop();
    },
  };
}

/** A transport under test. */
export interface Wiring {
  transport: Transport;
  /** A second process on the same broker; undefined without a broker. */
  second?: Transport;
  deadLetters(database: Database): DeadLetters;
  /** Resolves when identity has taken all commands of a lane from the broker; undefined without a broker. */
  taken?(lane: Lane): Promise<void>;
  stop(): Promise<void>;
}

export function asking(over: Partial<Pick<Asking, 'integrationIds' | 'deadlineAt' | 'urgent' | 'commandId'>> = {}) {
  const context = { actor: TEST_ACTOR };
  return { integrationIds: [INTEGRATION], requestId: 'test', deadlineAt: Date.now() + 300_000, context, ...over };
}

/** @returns a promise, and a function that resolves it */
export function latch<T = void>() {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { opened, open };
}
