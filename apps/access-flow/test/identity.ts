import { type Command, type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { listenFor, type Transport } from '@tidegate/messaging';
import { createMetrics } from '@tidegate/observability';
import { Controller, Module } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

type Answer<N extends CommandName> = (data: CommandData<N>, integrationIds: string[]) => CommandReply<N>;

/** What the reconciler asks identity. */
export interface Answers {
  'users.deactivations': Answer<'users.deactivations'>;
  'groups.states': Answer<'groups.states'>;
}

/**
 * Listens as identity and answers what a test says.
 * @param answers read anew for each command
 * @returns what stops it
 */
export async function startIdentity(transport: Transport, answers: Answers): Promise<() => Promise<void>> {
  @Controller()
  class Identity {
    @MessagePattern('users.deactivations')
    users(@Payload() { data, integrationIds }: Command<'users.deactivations'>) {
      return answers['users.deactivations'](data, integrationIds);
    }

    @MessagePattern('groups.states')
    groups(@Payload() { data, integrationIds }: Command<'groups.states'>) {
      return answers['groups.states'](data, integrationIds);
    }
  }
  @Module({ controllers: [Identity] })
  class Answering {}
  const testing = await Test.createTestingModule({ imports: [Answering] }).compile();
  const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  const prefetch = { commands: 1, urgentCommands: 1, events: 1, urgentEvents: 1 };
  await listenFor(app, transport, 'identity', prefetch, createMetrics('identity'));
  return () => app.close();
}
