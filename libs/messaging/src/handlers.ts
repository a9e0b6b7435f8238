import {
  type Command,
  type CommandName,
  type CommandReply,
  commandsOf,
  type Event,
  EVENT_NAMES,
  type EventName,
  EVENTS,
  type Service,
} from '@tidegate/contracts';
import { EventPattern, MessagePattern, Payload, type Server } from '@nestjs/microservices';

/** Declares a method of a controller as a message handler; its one parameter is the message. */
type HandlerDecorator<Message, Reply> = <M extends (message: Message) => Promise<Reply>>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** Method decorator: handles a command. Another parameter or reply type does not compile. */
export function OnCommand<N extends CommandName>(name: N): HandlerDecorator<Command<N>, CommandReply<N>> {
  return (target, key, descriptor) => {
    MessagePattern(name)(target, key, descriptor);
    Payload()(target, key, 0);
  };
}

/** Method decorator: handles events. Another parameter type does not compile. */
export function OnEvent<N extends EventName>(...names: N[]): HandlerDecorator<Event<N>, void> {
  return (target, key, descriptor) => {
    EventPattern<string[]>(names)(target, key, descriptor);
    Payload()(target, key, 0);
  };
}

/**
 * Refuses a second handler of a command or event: Nest would replace the first one, or call both. Call it before the
 * handlers are added.
 */
export function refuseSecondHandlers(server: Server): void {
  const add = server.addHandler.bind(server);
  server.addHandler = (pattern: string, ...rest) => {
    if (server.getHandlers().has(pattern)) throw new Error(`${pattern} has two handlers (this is a bug)`);
    add(pattern, ...rest);
  };
}

/** @throws Error that names the commands and required events of the service without a handler */
export function checkHandlers(server: Server, service: Service): void {
  const handlers = server.getHandlers();
  const missing = [
    ...commandsOf(service),
    ...EVENT_NAMES.filter((name) => EVENTS[name].subscribers.includes(service)),
  ].filter((name) => !handlers.has(name));
  if (missing.length > 0) throw new Error(`${service} has no handler for ${missing.join(', ')} (this is a bug)`);
}
