import {
  type Actor,
  type Command,
  EVENTS,
  type Event,
  type EventName,
  isActor,
  isCommandContext,
  isUuid,
  Refusal,
  type RefusalCode,
} from '@tidegate/contracts';

/** What may travel in one message: RabbitMQ 4 refuses more than 16 MiB. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What a member of an envelope must be: the test, and how a fault reads. */
type Member = readonly [fits: (value: unknown) => boolean, must: string];

const isText = (value: unknown): value is string => typeof value === 'string';

const uuid: Member = [isUuid, 'must be a UUID'];
const uuids: Member = [(value) => Array.isArray(value) && value.every(isUuid), 'must be a list of UUIDs'];
const text: Member = [isText, 'must be a string'];
const shortText: Member = [(value) => isText(value) && value.length <= 64, 'must be a string of at most 64 characters'];
const time: Member = [(value) => isText(value) && !Number.isNaN(Date.parse(value)), 'must be a time in ISO 8601'];
const integer: Member = [Number.isInteger, 'must be an integer number'];
const flag: Member = [(value) => typeof value === 'boolean', 'must be a boolean value'];
const digits: Member = [(value) => isText(value) && /^\d{1,15}$/.test(value), 'must be 1 to 15 digits'];
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const object: Member = [isObject, 'must be an object'];

// Tables and not decorated classes: these run for every message, and class-validator took 6 % of identity's time.
const COMMAND: Readonly<Record<keyof Command, Member>> = {
  commandId: uuid,
  name: shortText,
  integrationIds: uuids,
  receivedAt: time,
  deadlineAt: integer,
  requestId: shortText,
  urgent: flag,
  context: [isCommandContext, 'must be the context of a command with its actor'],
  data: object,
};

/**
 * An event on the wire: CloudEvents 1.0 in JSON, its version as the `sequence` extension and its actor as the Auth Context
 * extension, whose claims are the whole actor in JSON.
 */
interface CloudEvent {
  specversion: string;
  id: string;
  source: string;
  type: EventName;
  subject: string;
  time: string;
  sequence: string;
  integrationid: string;
  requestid: string;
  authtype?: string;
  authid?: string;
  authclaims?: string;
  datacontenttype: string;
  data: Event['data'];
}
const EVENT: Readonly<Record<keyof CloudEvent, Member>> = {
  specversion: [(value) => value === '1.0', 'must be 1.0'],
  id: uuid,
  source: text,
  type: [(value) => isText(value) && Object.hasOwn(EVENTS, value), 'must be the name of an event'],
  subject: uuid,
  time,
  sequence: digits,
  integrationid: uuid,
  requestid: shortText,
  authtype: [(value) => value === undefined || isText(value), 'must be a string'],
  authid: [(value) => value === undefined || isText(value), 'must be a string'],
  authclaims: [
    (value) => value === undefined || (isText(value) && isActor(parsedOrUndefined(value))),
    'must be an actor in JSON',
  ],
  datacontenttype: text,
  data: object,
};

export const EVENT_CONTENT_TYPE = 'application/cloudevents+json';

/** @throws Refusal `tooLarge` when the command would not fit one message */
export function encodeCommand(command: Command): Buffer {
  const bytes = Buffer.from(JSON.stringify(command));
  if (bytes.length > MAX_BYTES) throw new Refusal('tooLarge', 'The request is too large.');
  return bytes;
}

/** @throws Error naming what is wrong with the envelope */
export function decodeCommand(bytes: Buffer): Command {
  return checked<Command>(COMMAND, bytes);
}

export function encodeEvent(event: Event): Buffer {
  return Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id: event.id,
      source: `/tidegate/${EVENTS[event.name].publisher}`,
      type: event.name,
      subject: event.subject,
      time: event.time,
      sequence: String(event.version),
      integrationid: event.integrationId,
      requestid: event.requestId,
      ...authContext(event.actor),
      datacontenttype: 'application/json',
      data: event.data,
    }),
  );
}

/** @throws Error naming what is wrong with the envelope */
export function decodeEvent(bytes: Buffer): Event {
  const event = checked<CloudEvent>(EVENT, bytes);
  return {
    id: event.id,
    name: event.type,
    integrationId: event.integrationid,
    subject: event.subject,
    version: Number(event.sequence),
    time: event.time,
    requestId: event.requestid,
    actor: event.authclaims === undefined ? UNKNOWN : (JSON.parse(event.authclaims) as Actor),
    data: event.data,
  };
}

/** Of an event that a process of the release before published: it must be handled all the same. */
const UNKNOWN: Actor = { kind: 'system', job: 'upgrade' };

/** The types of the Auth Context extension (cloudevents/extensions/authcontext.md). */
const AUTH_TYPES: Record<Actor['kind'], string> = {
  person: 'user',
  apiKey: 'api_key',
  scim: 'service_account',
  okta: 'system',
  system: 'system',
};

function authContext(actor: Actor): Pick<CloudEvent, 'authtype' | 'authid' | 'authclaims'> {
  return { authtype: AUTH_TYPES[actor.kind], authid: authId(actor), authclaims: JSON.stringify(actor) };
}

function authId(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `${actor.issuer}#${actor.subject}`;
    case 'apiKey':
      return actor.keyId;
    case 'scim':
      return actor.credentialId;
    case 'okta':
      return actor.logEventId;
    case 'system':
      return actor.job;
  }
}

function parsedOrUndefined(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A reply on the wire: what the handler returned, or why it refused. */
export type Reply = { value: unknown } | { refused: { code: RefusalCode; detail: string } };

/** A reply that would not fit one message becomes a refusal: a message that is too large costs the whole connection. */
export function encodeReply(reply: Reply): Buffer {
  const bytes = Buffer.from(JSON.stringify(reply));
  if (bytes.length <= MAX_BYTES) return bytes;
  return encodeReply({ refused: { code: 'tooLarge', detail: 'The answer is too large; ask for less at once.' } });
}

/** @returns what the handler returned; @throws Refusal when it refused */
export function openReply(bytes: Buffer): unknown {
  const reply = JSON.parse(bytes.toString()) as Reply;
  if ('refused' in reply) throw new Refusal(reply.refused.code, reply.refused.detail);
  return reply.value;
}

/** Members that the table does not name stay as they are: those who read them know them. */
function checked<T extends object>(members: Readonly<Record<keyof T, Member>>, bytes: Buffer): T {
  if (bytes.length > MAX_BYTES) throw new Error(`The message has ${bytes.length} bytes, more than ${MAX_BYTES}.`);
  const parsed: unknown = JSON.parse(bytes.toString());
  if (typeof parsed !== 'object' || parsed === null) throw new Error('The message is not a JSON object.');
  const faults = Object.entries<Member>(members)
    .filter(([name, [fits]]) => !fits((parsed as Record<string, unknown>)[name]))
    .map(([name, [, must]]) => `${name} ${must}`);
  if (faults.length > 0) throw new Error(`The envelope breaks the contract: ${faults.join('; ')}.`);
  return parsed as T;
}
