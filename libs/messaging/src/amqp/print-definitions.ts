import { amqpUrl, ConfigError, optional, readConfig, runOnce, secret, StartError } from '@tidegate/runtime';
import { AMQP_SETTINGS } from './amqp.transport.js';
import { type BrokerUser, consumerDefinitions, type Definitions, systemDefinitions } from './definitions.js';

/**
 * Prints a definitions file for RabbitMQ. Without arguments: the exchanges, and the users of the services with their
 * rights. With `consumer [integration id]`: a user of another team.
 */
await runOnce('definitions', async () => {
  const [kind, integrationId] = process.argv.slice(2);
  if (kind === undefined) return JSON.stringify(systemFile(), null, 2);
  if (kind === 'consumer') return JSON.stringify(consumerFile(integrationId), null, 2);
  throw new StartError('Usage: no argument, or: consumer [integration id]');
});

function systemFile(): Definitions {
  const config = readConfig(process.env, {
    prefix: AMQP_SETTINGS.amqpPrefix,
    gateway: amqpUrl('GATEWAY_AMQP_URL'),
    identity: amqpUrl('IDENTITY_AMQP_URL'),
    accessFlow: amqpUrl('ACCESS_FLOW_AMQP_URL'),
    adminPassword: optional(secret('RABBITMQ_ADMIN_PASSWORD')),
  });
  const gateway = accountOf('GATEWAY_AMQP_URL', config.gateway);
  const identity = accountOf('IDENTITY_AMQP_URL', config.identity);
  const accessFlow = accountOf('ACCESS_FLOW_AMQP_URL', config.accessFlow);
  const accounts = [gateway, identity, accessFlow];
  if (accounts.some(({ vhost }) => vhost !== gateway.vhost))
    throw new ConfigError(['The AMQP URLs of the services name different virtual hosts.']);
  if (new Set(accounts.map(({ user }) => user.name)).size < accounts.length)
    throw new ConfigError(['The AMQP URLs of the services must name different users.']);
  const users = { gateway: gateway.user, identity: identity.user, 'access-flow': accessFlow.user };
  const administrator = config.adminPassword && { name: 'tidegate_admin', password: config.adminPassword };
  return systemDefinitions({ prefix: config.prefix, vhost: gateway.vhost }, users, administrator || undefined);
}

function consumerFile(integrationId: string | undefined): Definitions {
  const { prefix, url } = readConfig(process.env, {
    prefix: AMQP_SETTINGS.amqpPrefix,
    url: amqpUrl('CONSUMER_AMQP_URL'),
  });
  const { vhost, user } = accountOf('CONSUMER_AMQP_URL', url);
  return consumerDefinitions({ prefix, vhost }, user, integrationId);
}

/** @throws ConfigError if the URL has no user or no password */
function accountOf(setting: string, url: string): { vhost: string; user: BrokerUser } {
  const { pathname, username, password } = new URL(url);
  if (!username || !password) throw new ConfigError([`${setting} must name a user and a password.`]);
  const vhost = decodeURIComponent(pathname.slice(1)) || '/';
  return { vhost, user: { name: decodeURIComponent(username), password: decodeURIComponent(password) } };
}
