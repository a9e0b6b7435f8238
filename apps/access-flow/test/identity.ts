import { type Command, type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { listenFor, type Transport } from '@tidegate/messaging';
import { createMetrics } from '@tidegate/observability';
import { Controller, Module } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

type Answer<N extends CommandName> = (data: CommandData<N>, integrationIds: string[]) => CommandReply<N>;

const ASKED = [
  'users.deactivations',
  'users.statePage',
  'groups.states',
  'groups.statePage',
  'groups.memberPage',
] as const;

/** What the reconciler and rebuilds ask identity. */
export type Answers = { [N in (typeof ASKED)[number]]: Answer<N> };

/**
 * Listens as identity and answers what a test says.
 * @param answers read anew for each command
 * @returns what stops it
 */
export async function startIdentity(transport: Transport, answers: Answers): Promise<() => Promise<void>> {
  @Controller()
  class Identity {
    @MessagePattern<string[]>([...ASKED])
    answer(@Payload() { name, data, integrationIds }: Command<keyof Answers>) {
      return (answers[name] as Answer<CommandName>)(data, integrationIds);
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
