import { type Service } from '../services.js';

/** Declares a command: its senders, and the types of its data and its reply. */
export interface CommandRule<Data extends object = object, Reply extends object = object> {
  /** Other services cannot send it. */
  readonly senders: readonly Service[];
  /** The class by which the receiver validates the data. */
  readonly data?: new () => Data;
  /** Never set: keeps the types. */
  readonly types?: { data: Data; reply: Reply };
}

/** The types of the commands of a table. */
export type TypesOf<Rules extends Record<keyof Rules, CommandRule>> = {
  [N in keyof Rules]: NonNullable<Rules[N]['types']>;
};

/** The reply of a command without results. */
export type Done = Record<string, never>;
/** The data of a command without parameters. */
export type NoData = Record<string, never>;

const from = (sender: Service) => ({
  /** The data contains input of /api/v1: sender and receiver validate it by the same class. */
  validated: <Data extends object>(data: new () => Data) => returning<Data>({ senders: [sender], data }),
  /** The data is validated by libs/scim, or made by the sender. */
  data: <Data extends object>() => returning<Data>({ senders: [sender] }),
});

function returning<Data extends object>(rule: Omit<CommandRule<Data>, 'types'>) {
  return { returns: <Reply extends object>(): CommandRule<Data, Reply> => rule };
}

/** Begins the declaration of a command that the gateway sends. */
export const fromGateway = from('gateway');
/** Begins the declaration of a command that access-flow sends. */
export const fromAccessFlow = from('access-flow');
