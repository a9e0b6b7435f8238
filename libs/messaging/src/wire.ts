import 'reflect-metadata';
import { type Command, FACTS, type Fact, type FactName, Refusal, type RefusalCode } from '@tidegate/contracts';
import { plainToInstance } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  validateSync,
} from 'class-validator';

/** What may travel in one message: RabbitMQ 4 refuses more than 16 MiB. */
const MAX_BYTES = 16 * 1024 * 1024;

class CommandEnvelope {
  @IsUUID() commandId: string;
  @IsString() @MaxLength(64) name: string;
  @IsArray() @IsUUID(undefined, { each: true }) integrationIds: string[];
  @IsISO8601() receivedAt: string;
  @IsInt() deadlineAt: number;
  @IsString() @MaxLength(64) requestId: string;
  @IsBoolean() urgent: boolean;
  @IsObject() data: object;
}

/** A fact on the wire: CloudEvents 1.0 in JSON, its version as the `sequence` extension. */
class FactEnvelope {
  @IsIn(['1.0']) specversion: string;
  @IsUUID() id: string;
  @IsString() source: string;
  @IsIn(Object.keys(FACTS)) type: FactName;
  @IsUUID() subject: string;
  @IsISO8601() time: string;
  @Matches(/^\d{1,15}$/) sequence: string;
  @IsUUID() integrationid: string;
  @IsString() @MaxLength(64) requestid: string;
  @IsString() datacontenttype: string;
  @IsObject() data: object;
}

export const FACT_CONTENT_TYPE = 'application/cloudevents+json';

/** @throws Refusal `tooLarge` when the command would not fit one message */
export function encodeCommand(command: Command): Buffer {
  const bytes = Buffer.from(JSON.stringify(command));
  if (bytes.length > MAX_BYTES) throw new Refusal('tooLarge', 'The request is too large.');
  return bytes;
}

/** @throws Error naming what is wrong with the envelope */
export function decodeCommand(bytes: Buffer): Command {
  return checked(CommandEnvelope, bytes) as unknown as Command;
}

export function encodeFact(fact: Fact): Buffer {
  return Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id: fact.id,
      source: `/tidegate/${FACTS[fact.name].teller}`,
      type: fact.name,
      subject: fact.subject,
      time: fact.time,
      sequence: String(fact.version),
      integrationid: fact.integrationId,
      requestid: fact.requestId,
      datacontenttype: 'application/json',
      data: fact.data,
    }),
  );
}

/** @throws Error naming what is wrong with the envelope */
export function decodeFact(bytes: Buffer): Fact {
  const event = checked(FactEnvelope, bytes);
  return {
    id: event.id,
    name: event.type,
    integrationId: event.integrationid,
    subject: event.subject,
    version: Number(event.sequence),
    time: event.time,
    requestId: event.requestid,
    data: event.data as Fact['data'],
  };
}

/** A reply on the wire: what the handler returned, or why it refused. */
export type Reply = { value: unknown } | { refused: { code: RefusalCode; detail: string } };

export const encodeReply = (reply: Reply): Buffer => Buffer.from(JSON.stringify(reply));

/** @returns what the handler returned; @throws Refusal when it refused */
export function openReply(bytes: Buffer): unknown {
  const reply = JSON.parse(bytes.toString()) as Reply;
  if ('refused' in reply) throw new Refusal(reply.refused.code, reply.refused.detail);
  return reply.value;
}

function checked<T extends object>(envelope: new () => T, bytes: Buffer): T {
  if (bytes.length > MAX_BYTES) throw new Error(`The message has ${bytes.length} bytes, more than ${MAX_BYTES}.`);
  const parsed: unknown = JSON.parse(bytes.toString());
  if (typeof parsed !== 'object' || parsed === null) throw new Error('The message is not a JSON object.');
  const { data, ...rest } = parsed as Record<string, unknown>;
  const instance = plainToInstance(envelope, rest);
  Object.assign(instance, { data }); // as it came: its reader knows its shape, and it may be large
  const faults = validateSync(instance, { forbidUnknownValues: true });
  if (faults.length > 0)
    throw new Error(
      `The envelope breaks the contract: ${faults.map((f) => Object.values(f.constraints ?? {}).join(', ')).join('; ')}.`,
    );
  return instance;
}
