import { readFileSync } from 'node:fs';
import { type SecureContextOptions } from 'node:tls';

/**
 * Reads the files of the TLS parameters of an AMQP URL, which amqplib does not support
 * (https://www.rabbitmq.com/docs/uri-query-parameters): `cacertfile`, the trusted authorities instead of Node's;
 * `certfile` and `keyfile`, the client's certificate.
 * @returns options for Node's TLS
 * @throws the system's error if a file cannot be read
 */
export function tlsOptions(url: string): SecureContextOptions {
  const { searchParams } = new URL(url);
  const file = (parameter: string) => {
    const path = searchParams.get(parameter);
    return path === null ? undefined : readFileSync(path);
  };
  const [ca, cert, key] = ['cacertfile', 'certfile', 'keyfile'].map(file);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
