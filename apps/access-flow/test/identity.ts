import { type Command, type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { listenFor, type Transport } from '@tidegate/messaging';
import { createMetrics } from '@tidegate/observability';
import { Controller, Module } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

type Reply<N extends CommandName> = (data: CommandData<N>, integrationIds: string[]) => CommandReply<N>;

const COMMANDS = [
  'users.deactivations',
  'users.statePage',
  'groups.states',
  'groups.statePage',
  'groups.memberPage',
] as const;

/** Replies to the commands of the reconciler and of rebuilds. */
export type IdentityReplies = { [N in (typeof COMMANDS)[number]]: Reply<N> };

/**
 * Starts a replacement of identity with replies of the test.
 * @param replies read for each command
 * @returns a function that stops it
 */
export async function startTestIdentity(transport: Transport, replies: IdentityReplies): Promise<() => Promise<void>> {
  @Controller()
  class Identity {
    @MessagePattern<string[]>([...COMMANDS])
    reply(@Payload() { name, data, integrationIds }: Command<keyof IdentityReplies>) {
      return (replies[name] as Reply<CommandName>)(data, integrationIds);
    }
  }
  @Module({ controllers: [Identity] })
  class TestIdentityModule {}
  const testing = await Test.createTestingModule({ imports: [TestIdentityModule] }).compile();
  const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  const prefetch = { commands: 1, urgentCommands: 1, events: 1, urgentEvents: 1 };
  await listenFor(app, transport, 'identity', prefetch, createMetrics('identity'), { partial: true });
  return () => app.close();
}
