import {
  type CommandData,
  type CommandName,
  type CommandReply,
  type CommandTypes,
  type Event,
  Refusal,
} from '@tidegate/contracts';
import { type Asking, type CommandClient, inProcessTransport, type Transport } from '@tidegate/messaging';

type Handlers = { [N in CommandName]?: (data: CommandTypes[N]['data'], asking: Asking) => CommandTypes[N]['reply'] };

/** Replies without groups and grants. */
export const NO_GRANTS: Handlers = {
  'grants.groups': () => ({ items: [], nextCursor: null }),
  'requests.undecidable': () => ({ items: [] }),
  'requests.reasons': () => ({ reasons: [] }),
  'groups.match': ({ groupsToSync }) => ({ joining: 0, leaving: 0, leavingIds: [], unmatched: groupsToSync }),
};

/** Commands of background workers; not recorded in `asked`. */
const ASKED_BY_WORKERS: readonly CommandName[] = ['requests.undecidable'];

/** Replies to commands from a table, and records commands and events. */
export class FakeTransport {
  /** Handlers by command name; without a handler the receiver is unavailable. */
  handlers: Handlers = { ...NO_GRANTS };
  readonly asked: { name: CommandName; asking: Asking; data: unknown }[] = [];
  readonly events: Event[] = [];
  private readonly inProcess = inProcessTransport();
  /** Awaited before each reply. */
  gate: Promise<void> = Promise.resolve();

  async ask<N extends CommandName>(name: N, asking: Asking, data: CommandData<N>): Promise<CommandReply<N>> {
    if (!ASKED_BY_WORKERS.includes(name)) this.asked.push({ name, asking, data });
    await this.gate;
    const handler = this.handlers[name];
    if (!handler) throw new Refusal('unavailable', `No handler for ${name}.`);
    return handler(data, asking);
  }

  /** Delivers an event to the gateway, as a broker does. @returns the outcome */
  publish(event: Event) {
    return this.inProcess.publisher('identity').deliver(event, 'gateway');
  }

  /** @returns the last command of that name */
  last(name: CommandName) {
    const found = this.asked.findLast((command) => command.name === name);
    if (!found) throw new Error(`No ${name} was sent`);
    return found;
  }

  asTransport(): Transport {
    const client: Pick<CommandClient, 'ask'> = { ask: (name, asking, data) => this.ask(name, asking, data) };
    const transport: Partial<Transport> = {
      client: () => client as ReturnType<Transport['client']>,
      publisher: () => ({
        destinations: () => ['everyone'],
        deliver: async (event) => {
          this.events.push(event);
          return { outcome: 'done' };
        },
      }),
      server: (...parts) => this.inProcess.server(...parts),
      check: () => Promise.resolve(),
    };
    return transport as Transport;
  }
}
