import { EVENTS, type EventName, receivesCommands, sentCommands, SERVICES, type Service } from '@tidegate/contracts';
import { type Exchange, type Names } from './names.js';

/** The rights of a service on one exchange. */
export interface ExchangeRight extends Exchange {
  /** Regular expression of the routing keys with which it can publish; undefined: none. */
  write?: string;
  /** Whether it can bind its queues to the exchange. */
  read?: boolean;
}

const ANY_KEY = '.*';
const EVENT_NAMES = Object.keys(EVENTS) as EventName[];

export const subscribesToEvents = (service: Service): boolean =>
  EVENT_NAMES.some((name) => EVENTS[name].subscribers.includes(service));

/** @returns the rights of a service on exchanges, one entry for each exchange that it uses */
export function rightsOf(service: Service, names: Names): ExchangeRight[] {
  const published = EVENT_NAMES.filter((name) => EVENTS[name].publisher === service);
  const receives = receivesCommands(service);
  const subscribes = subscribesToEvents(service);
  const rights: ExchangeRight[] = [
    { name: names.replies, type: 'direct', write: receives ? ANY_KEY : undefined, read: sendsCommands(service) },
    { name: names.events, type: 'topic', write: eventKeys(published.filter((name) => !EVENTS[name].internal)) },
    {
      name: names.deadLettersOf(service),
      type: 'direct',
      write: subscribes ? ANY_KEY : undefined,
      read: subscribes,
    },
  ];
  for (const other of SERVICES) {
    const itself = other === service;
    const events = published.filter((name) => EVENTS[name].subscribers.includes(other));
    rights.push(
      {
        name: names.commandsOf(other),
        type: 'topic',
        write: commandKeys(sentCommands(service, other)),
        read: itself && receives,
      },
      { name: names.eventsOf(other), type: 'topic', write: eventKeys(events), read: itself && subscribes },
    );
  }
  return rights.filter(({ write, read }) => write !== undefined || read);
}

/** @returns whether the service sends any command */
export const sendsCommands = (service: Service): boolean =>
  SERVICES.some((receiver) => sentCommands(service, receiver).length > 0);

/** @returns the exchanges of the whole system */
export function allExchanges(names: Names): Exchange[] {
  const used = SERVICES.flatMap((service) => rightsOf(service, names));
  return [...new Map(used.map(({ name, type }) => [name, { name, type }])).values()];
}

export const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const oneOf = (texts: readonly string[]): string => `(${texts.map(escaped).join('|')})`;

/** A key ends with one word without dots: the integration's id, or `system`. */
const eventKeys = (names: readonly EventName[]): string | undefined =>
  names.length > 0 ? String.raw`^${oneOf(names)}\.[^.]+$` : undefined;

const commandKeys = (names: readonly string[]): string | undefined =>
  names.length > 0 ? String.raw`^(normal|urgent)\.${oneOf(names)}$` : undefined;
