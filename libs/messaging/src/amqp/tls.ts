import { readFileSync } from 'node:fs';
import { type SecureContextOptions } from 'node:tls';

/**
 * What the TLS parameters of an AMQP URL name (https://www.rabbitmq.com/docs/uri-query-parameters): `cacertfile`, the
 * authorities to trust in place of Node's, `certfile` and `keyfile`, the client's certificate. amqplib does not read them.
 * @throws the system's error when a file cannot be read
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
