import { isUuid, SERVICES, type Service } from '@tidegate/contracts';
import { StartError } from '@tidegate/runtime';
import { createHash, randomBytes } from 'node:crypto';
import { Names } from './names.js';
import { allExchanges, escaped, rightsOf } from './rights.rule.js';

export interface BrokerUser {
  name: string;
  password: string;
}

interface Permission {
  user: string;
  vhost: string;
  configure: string;
  write: string;
  read: string;
}
interface TopicPermission {
  user: string;
  vhost: string;
  exchange: string;
  write: string;
  read: string;
}
/** A file for `rabbitmqctl import_definitions` (https://www.rabbitmq.com/docs/definitions). */
export interface Definitions {
  users: { name: string; password_hash: string; hashing_algorithm: string; tags: string }[];
  vhosts?: { name: string }[];
  permissions: Permission[];
  topic_permissions: TopicPermission[];
  exchanges?: object[];
}

/** A regular expression that matches no name. */
const NOTHING = '^$';
const ANYTHING = '.*';

/**
 * @param users the user of each service
 * @param administrator a user with all rights and access to the management page
 * @returns the exchanges of the system, and the users with their rights
 */
export function systemDefinitions(
  where: { prefix: string; vhost: string },
  users: Readonly<Record<Service, BrokerUser>>,
  administrator?: BrokerUser,
): Definitions {
  const names = new Names(where.prefix);
  const { vhost } = where;
  const definitions: Definitions = {
    users: SERVICES.map((service) => hashed(users[service])),
    vhosts: [{ name: vhost }],
    permissions: SERVICES.map((service) => permissionOf(service, users[service].name, names, vhost)),
    topic_permissions: SERVICES.flatMap((service) => topicPermissionsOf(service, users[service].name, names, vhost)),
    exchanges: allExchanges(names).map((exchange) => ({
      ...exchange,
      vhost,
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: {},
    })),
  };
  if (administrator) {
    definitions.users.push(hashed(administrator, 'administrator'));
    const user = administrator.name;
    definitions.permissions.push({ user, vhost, configure: ANYTHING, write: ANYTHING, read: ANYTHING });
  }
  return definitions;
}

/**
 * @param user of another team; the names of its queues must begin with the user's name and a dot
 * @param integrationId the only integration whose events the user can receive; undefined: all
 * @returns the user with the right to bind its own queues to the exchange of events
 * @throws StartError if the name gives access to queues of the system, or the id is not a UUID
 */
export function consumerDefinitions(
  { prefix, vhost }: { prefix: string; vhost: string },
  user: BrokerUser,
  integrationId?: string,
): Definitions {
  const names = new Names(prefix);
  const systemNames = [...SERVICES.map((service) => names.queue(service, 'events', 'normal')), names.events, 'amq.'];
  if (!/^[a-z][a-z0-9-]*$/.test(user.name) || systemNames.some((name) => name.startsWith(`${user.name}.`)))
    throw new StartError(
      `The name ${JSON.stringify(user.name)} is not possible. Use lower-case letters, digits and hyphens, ` +
        'and not the first part of the name of a queue or exchange of Tidegate.',
    );
  if (integrationId !== undefined && !isUuid(integrationId))
    throw new StartError(`${JSON.stringify(integrationId)} is not the id of an integration.`);
  const own = `${escaped(user.name)}\\..*`;
  const keys = integrationId === undefined ? ANYTHING : String.raw`^.+\.${integrationId}$`;
  return {
    users: [hashed(user)],
    permissions: [
      {
        user: user.name,
        vhost,
        configure: `^${own}$`,
        write: `^${own}$`,
        read: `^(${own}|${escaped(names.events)})$`,
      },
    ],
    topic_permissions: [{ user: user.name, vhost, exchange: names.events, write: NOTHING, read: keys }],
  };
}

function permissionOf(service: Service, user: string, names: Names, vhost: string): Permission {
  const rights = rightsOf(service, names);
  const own = String.raw`${escaped(`${names.prefix}${service}`)}\.(commands|events|dead-letters|replies)(\..*)?`;
  const withOwn = (exchanges: typeof rights) => `^(${[own, ...exchanges.map(({ name }) => escaped(name))].join('|')})$`;
  return {
    user,
    vhost,
    configure: `^${own}$`,
    write: withOwn(rights.filter(({ write }) => write !== undefined)),
    read: withOwn(rights.filter(({ read }) => read)),
  };
}

function topicPermissionsOf(service: Service, user: string, names: Names, vhost: string): TopicPermission[] {
  return rightsOf(service, names)
    .filter(({ type }) => type === 'topic')
    .map(({ name, write, read }) => ({
      user,
      vhost,
      exchange: name,
      write: write ?? NOTHING,
      read: read ? ANYTHING : NOTHING,
    }));
}

/** RabbitMQ's `rabbit_password_hashing_sha256`: https://www.rabbitmq.com/docs/passwords#this-is-the-algorithm */
function hashed({ name, password }: BrokerUser, tags = ''): Definitions['users'][number] {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return {
    name,
    password_hash: Buffer.concat([salt, hash]).toString('base64'),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
    tags,
  };
}
