import { type CommandData, type CommandName } from '../commands.js';
import { type Service } from '../services.js';
import { IdPageQuery, OfId } from './common.dto.js';
import { ChangeFlow, CreateFlow, GetFlow, GroupVisible, ListFlows } from './flows.dto.js';
import { ExtendOneGrant, ListGrants, ListMembers, ListMemberships } from './grants.dto.js';
import { CreateRequest, ListRequests, ReviewRequest } from './requests.dto.js';

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

interface Route<N extends CommandName> {
  /** The services that send the command. Other services cannot. */
  senders: readonly Service[];
  /**
   * The class of its data, for commands that carry input of /api/v1: the receiver validates it too. Data of SCIM commands
   * is validated by libs/scim, and other data is made by services.
   */
  data?: new () => CommandData<N>;
}

const GATEWAY = ['gateway'] as const;
const ACCESS_FLOW = ['access-flow'] as const;

const ROUTES: { readonly [N in CommandName]: Route<N> } = {
  'users.create': { senders: GATEWAY },
  'users.get': { senders: GATEWAY },
  'users.list': { senders: GATEWAY },
  'users.page': { senders: GATEWAY },
  'users.replace': { senders: GATEWAY },
  'users.patch': { senders: GATEWAY },
  'users.delete': { senders: GATEWAY },
  'users.deactivations': { senders: ACCESS_FLOW },
  'users.count': { senders: GATEWAY },
  'users.statePage': { senders: ACCESS_FLOW },
  'groups.create': { senders: GATEWAY },
  'groups.get': { senders: GATEWAY },
  'groups.list': { senders: GATEWAY },
  'groups.page': { senders: GATEWAY },
  'groups.states': { senders: ACCESS_FLOW },
  'groups.match': { senders: GATEWAY },
  'groups.members': { senders: GATEWAY },
  'groups.replace': { senders: GATEWAY },
  'groups.patch': { senders: GATEWAY },
  'groups.delete': { senders: GATEWAY },
  'groups.statePage': { senders: ACCESS_FLOW },
  'groups.memberPage': { senders: ACCESS_FLOW },
  'flows.create': { senders: GATEWAY, data: CreateFlow },
  'flows.get': { senders: GATEWAY, data: GetFlow },
  'flows.list': { senders: GATEWAY, data: ListFlows },
  'flows.groupVisible': { senders: GATEWAY, data: GroupVisible },
  'flows.update': { senders: GATEWAY, data: ChangeFlow },
  'flows.delete': { senders: GATEWAY, data: OfId },
  'requests.create': { senders: GATEWAY, data: CreateRequest },
  'requests.get': { senders: GATEWAY, data: OfId },
  'requests.list': { senders: GATEWAY, data: ListRequests },
  'requests.count': { senders: GATEWAY },
  'requests.undecidable': { senders: GATEWAY },
  'requests.review': { senders: GATEWAY, data: ReviewRequest },
  'requests.cancel': { senders: GATEWAY, data: OfId },
  'grants.get': { senders: GATEWAY, data: OfId },
  'grants.list': { senders: GATEWAY, data: ListGrants },
  'grants.count': { senders: GATEWAY },
  'grants.groups': { senders: GATEWAY, data: IdPageQuery },
  'grants.revoke': { senders: GATEWAY, data: OfId },
  'grants.extend': { senders: GATEWAY, data: ExtendOneGrant },
  'members.list': { senders: GATEWAY, data: ListMembers },
  'memberships.list': { senders: GATEWAY, data: ListMemberships },
  'projections.rebuild': { senders: GATEWAY },
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
  const names = Object.keys(ROUTES) as CommandName[];
  return names.filter((name) => receiverOf(name) === receiver);
}

/** @returns the commands that one service sends to another */
export function sentCommands(sender: Service, receiver: Service): CommandName[] {
  return commandsOf(receiver).filter((name) => ROUTES[name].senders.includes(sender));
}

/** @returns the class of the data of a command, if the receiver validates it by a class */
export function dataClassOf(name: CommandName): (new () => object) | undefined {
  return ROUTES[name].data;
}
