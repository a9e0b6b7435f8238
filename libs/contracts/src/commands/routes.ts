import { COMMANDS, type CommandName } from '../commands.js';
import { type Service } from '../services.js';
import { type CommandRule } from './command-rule.js';

type Noun<Name> = Name extends `${infer N}.${string}` ? N : never;

/** The receiver of a command, by its noun. */
const RECEIVERS: Readonly<Record<Noun<CommandName>, Service>> = {
  users: 'identity',
  groups: 'identity',
  flows: 'access-flow',
  requests: 'access-flow',
  grants: 'access-flow',
  projections: 'access-flow',
  members: 'access-flow',
  memberships: 'access-flow',
  references: 'access-flow',
  managers: 'access-flow',
  owners: 'access-flow',
  access: 'access-flow',
};

const ruleOf = (name: CommandName): CommandRule => COMMANDS[name];

/** @returns the service that receives the command */
export function receiverOf(name: CommandName): Service {
  return RECEIVERS[name.slice(0, name.indexOf('.')) as Noun<CommandName>];
}

/** @returns whether the service receives commands */
export const receivesCommands = (service: Service): boolean => Object.values(RECEIVERS).includes(service);

/** @returns the commands that a service receives */
export function commandsOf(receiver: Service): CommandName[] {
  const names = Object.keys(COMMANDS) as CommandName[];
  return names.filter((name) => receiverOf(name) === receiver);
}

/** @returns the commands that one service sends to another */
export function sentCommands(sender: Service, receiver: Service): CommandName[] {
  return commandsOf(receiver).filter((name) => ruleOf(name).senders.includes(sender));
}

/** @returns the class of the data of a command, if the receiver validates it by a class */
export function dataClassOf(name: CommandName): (new () => object) | undefined {
  return ruleOf(name).data;
}
