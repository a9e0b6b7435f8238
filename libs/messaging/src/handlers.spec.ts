import { type Command, type CommandReply, type Event } from '@tidegate/contracts';
import { type MessageHandler, Server } from '@nestjs/microservices';
import { checkHandlers, OnCommand, OnEvent, refuseSecondHandlers } from './handlers.js';

class Handlers extends Server {
  listen(): void {}
  close(): void {}
  on(): void {}
  unwrap<T>(): T {
    throw new Error('has no driver');
  }
}
const handler = (() => Promise.resolve()) as MessageHandler;

describe('handlers', () => {
  it('accept only the message they are declared for', () => {
    class Right {
      @OnCommand('users.count')
      count(command: Command<'users.count'>): Promise<CommandReply<'users.count'>> {
        return Promise.reject(new Error(command.name));
      }
      @OnEvent('user.created', 'user.updated')
      handle(event: Event<'user.created' | 'user.updated'>): Promise<void> {
        return Promise.reject(new Error(event.name));
      }
    }
    class Wrong {
      // @ts-expect-error: another command
      @OnCommand('users.count')
      count(command: Command<'users.get'>): Promise<CommandReply<'users.count'>> {
        return Promise.reject(new Error(command.name));
      }
      // @ts-expect-error: another reply
      @OnCommand('users.count')
      get(command: Command<'users.count'>): Promise<CommandReply<'users.get'>> {
        return Promise.reject(new Error(command.name));
      }
      // @ts-expect-error: fewer events than declared
      @OnEvent('user.created', 'user.updated')
      handle(event: Event<'user.created'>): Promise<void> {
        return Promise.reject(new Error(event.name));
      }
    }
    expect([Right, Wrong].map(({ name }) => name)).toEqual(['Right', 'Wrong']);
  });

  it('exist once for each command and event', () => {
    const server = new Handlers();
    refuseSecondHandlers(server);
    server.addHandler('users.get', handler);
    expect(() => server.addHandler('users.get', handler)).toThrow('users.get has two handlers');
    server.addHandler('user.created', handler, true);
    expect(() => server.addHandler('user.created', handler, true)).toThrow('user.created has two handlers');
  });

  it('exist for every command and required event of a service', () => {
    const server = new Handlers();
    server.addHandler('user.deleted', handler, true);
    expect(() => checkHandlers(server, 'gateway')).toThrow('gateway has no handler for user.deactivated (');
    server.addHandler('user.deactivated', handler, true);
    expect(() => checkHandlers(server, 'gateway')).not.toThrow();
    expect(() => checkHandlers(server, 'identity')).toThrow(/users\.create, .*integration\.created/);
  });
});
