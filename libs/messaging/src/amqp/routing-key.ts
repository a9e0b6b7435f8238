import { type ConsumeMessage, type GetMessage } from 'amqplib';

/** Keeps the routing key of an event that is set aside. */
export const ROUTING_KEY_HEADER = 'x-routing-key';

interface Headers {
  [ROUTING_KEY_HEADER]?: string;
  /** What the broker adds when it dead-letters a message, newest first. */
  'x-death'?: { 'routing-keys'?: string[] }[];
}

/**
 * @param deadLetters the dead-letter exchange of the subscriber, on which nothing else publishes: for messages from there
 *   the headers hold the key
 * @returns the routing key with which an event was published first
 */
export function publishedKeyOf({ fields, properties }: ConsumeMessage | GetMessage, deadLetters: string): string {
  if (fields.exchange !== deadLetters) return fields.routingKey;
  const headers = (properties.headers ?? {}) as Headers;
  return headers[ROUTING_KEY_HEADER] ?? headers['x-death']?.[0]?.['routing-keys']?.[0] ?? fields.routingKey;
}

/**
 * The broker checks by the routing key whether the sender may send a message, and cannot look into it.
 *
 * @throws when the key is not the one of the message
 */
export function checkRoutingKey(routingKey: string, expected: string): void {
  if (routingKey !== expected) throw new Error(`The routing key ${routingKey} is not the one of the message.`);
}
