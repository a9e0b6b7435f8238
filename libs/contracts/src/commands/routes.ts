import { type CommandName } from '../commands.js';
import { type Service } from '../services.js';

/** The receiver of a command, by its noun. */
const RECEIVERS: Record<string, Service> = {
  users: 'identity',
  groups: 'identity',
  flows: 'access-flow',
  requests: 'access-flow',
  grants: 'access-flow',
  projections: 'access-flow',
  members: 'access-flow',
  memberships: 'access-flow',
};

/** The services that send a command. Other services cannot. */
const SENDERS: Readonly<Record<CommandName, readonly Service[]>> = {
  'users.create': ['gateway'],
  'users.get': ['gateway'],
  'users.list': ['gateway'],
  'users.page': ['gateway'],
  'users.replace': ['gateway'],
  'users.patch': ['gateway'],
  'users.delete': ['gateway'],
  'users.deactivations': ['access-flow'],
  'users.count': ['gateway'],
  'users.statePage': ['access-flow'],
  'groups.create': ['gateway'],
  'groups.get': ['gateway'],
  'groups.list': ['gateway'],
  'groups.page': ['gateway'],
  'groups.states': ['access-flow'],
  'groups.match': ['gateway'],
  'groups.members': ['gateway'],
  'groups.replace': ['gateway'],
  'groups.patch': ['gateway'],
  'groups.delete': ['gateway'],
  'groups.statePage': ['access-flow'],
  'groups.memberPage': ['access-flow'],
  'flows.create': ['gateway'],
  'flows.get': ['gateway'],
  'flows.list': ['gateway'],
  'flows.groupVisible': ['gateway'],
  'flows.update': ['gateway'],
  'flows.delete': ['gateway'],
  'requests.create': ['gateway'],
  'requests.get': ['gateway'],
  'requests.list': ['gateway'],
  'requests.count': ['gateway'],
  'requests.undecidable': ['gateway'],
  'requests.review': ['gateway'],
  'requests.cancel': ['gateway'],
  'grants.get': ['gateway'],
  'grants.list': ['gateway'],
  'grants.count': ['gateway'],
  'grants.groups': ['gateway'],
  'grants.revoke': ['gateway'],
  'grants.extend': ['gateway'],
  'members.list': ['gateway'],
  'memberships.list': ['gateway'],
  'projections.rebuild': ['gateway'],
};

/** @returns the service that receives the command */
export function receiverOf(name: CommandName): Service {
  const receiver = RECEIVERS[name.slice(0, name.indexOf('.'))];
  if (!receiver) throw new Error(`no service receives ${name} (this is a bug)`);
  return receiver;
}

/** @returns whether the service receives commands */
export const receivesCommands = (service: Service): boolean => Object.values(RECEIVERS).includes(service);

/** @returns the commands that a service receives */
export function commandsOf(receiver: Service): CommandName[] {
  const names = Object.keys(SENDERS) as CommandName[];
  return names.filter((name) => receiverOf(name) === receiver);
}

/** @returns the commands that one service sends to another */
export function sentCommands(sender: Service, receiver: Service): CommandName[] {
  return commandsOf(receiver).filter((name) => SENDERS[name].includes(sender));
}
