import { type ConsumeMessage, type GetMessage } from 'amqplib';

/** Contains the original routing key of a dead letter. */
export const ROUTING_KEY_HEADER = 'x-routing-key';

interface Headers {
  [ROUTING_KEY_HEADER]?: string;
  /** Added by the broker when it dead-letters a message; newest first. */
  'x-death'?: { 'routing-keys'?: string[] }[];
}

/**
 * @param deadLetters the dead-letter exchange of the subscriber. Only the subscriber publishes to it, so the headers of
 *   its messages can be trusted.
 * @returns the routing key with which an event was originally published
 */
export function publishedKeyOf({ fields, properties }: ConsumeMessage | GetMessage, deadLetters: string): string {
  if (fields.exchange !== deadLetters) return fields.routingKey;
  const headers = (properties.headers ?? {}) as Headers;
  return headers[ROUTING_KEY_HEADER] ?? headers['x-death']?.[0]?.['routing-keys']?.[0] ?? fields.routingKey;
}

/**
 * Compares the routing key of a message with the key that its body requires: the broker checks the rights of the sender by
 * the key only.
 * @throws Error if they differ
 */
export function checkRoutingKey(routingKey: string, expected: string): void {
  if (routingKey !== expected)
    throw new Error(`The routing key ${routingKey} does not match the message, which requires ${expected}.`);
}
