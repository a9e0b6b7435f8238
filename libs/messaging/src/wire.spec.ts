import { type Command, type Event } from '@tidegate/contracts';
import { decodeCommand, decodeEvent, encodeEvent, traceHeaders } from './wire.js';

const ID = '019ab2c3-0000-7000-8000-000000000001';
const ACTOR = { kind: 'person' as const, issuer: 'https://acme.okta.com', subject: '00u4' };
const TRACE = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'rojo=00f067aa0ba902b7',
};
const COMMAND: Command<'users.get'> = {
  commandId: ID,
  name: 'users.get',
  integrationIds: [ID],
  receivedAt: '2026-01-02T03:04:05.678Z',
  deadlineAt: 1_767_323_045_678,
  requestId: 'request-1',
  ...TRACE,
  urgent: false,
  context: { actor: ACTOR },
  data: { id: ID },
};
const EVENT = {
  specversion: '1.0',
  id: ID,
  source: '/tidegate/identity',
  type: 'user.created',
  subject: ID,
  time: '2026-01-02T03:04:05.678Z',
  sequence: '7',
  integrationid: ID,
  requestid: 'request-1',
  authtype: 'user',
  authid: 'https://acme.okta.com#00u4',
  authclaims: JSON.stringify(ACTOR),
  ...TRACE,
  datacontenttype: 'application/json',
  dataschema: 'urn:tidegate:event:user.created:1',
  data: { userId: ID },
};
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('envelopes', () => {
  it('a command is decoded as it was sent', () => {
    expect(decodeCommand(bytes(COMMAND))).toEqual(COMMAND);
  });

  it.each([
    ['commandId', 'no-uuid'],
    ['name', 'x'.repeat(65)],
    ['integrationIds', ID],
    ['integrationIds', [ID, 7]],
    ['receivedAt', 'yesterday'],
    ['deadlineAt', 1.5],
    ['requestId', undefined],
    ['urgent', 'true'],
    ['context', undefined],
    ['context', {}],
    ['context', { actor: { kind: 'person' } }],
    ['context', { actor: ACTOR, scim: 'okta' }],
    ['context', { actor: ACTOR, groupsToSync: [7] }],
    ['data', []],
    ['data', null],
  ])('a command with %s %j is refused with the name of the field', (member, value) => {
    expect(() => decodeCommand(bytes({ ...COMMAND, [member]: value }))).toThrow(
      new RegExp(`breaks the contract: ${member} must`),
    );
  });

  it('an event is decoded from its CloudEvent', () => {
    expect(decodeEvent(bytes(EVENT))).toMatchObject({
      id: ID,
      name: 'user.created',
      version: 7,
      actor: ACTOR,
      ...TRACE,
      data: { userId: ID },
    });
  });

  it.each([
    ['specversion', '0.3'],
    ['type', undefined],
    ['type', ''],
    ['integrationid', undefined],
    ['subject', ''],
    ['sequence', '-1'],
    ['sequence', 7],
    ['time', null],
    ['authclaims', '{'],
    ['authclaims', '{"kind":"stranger"}'],
    ['authclaims', '{"kind":"apiKey"}'],
    ['data', 'text'],
  ])('an event with %s %j is refused with the name of the field', (member, value) => {
    expect(() => decodeEvent(bytes({ ...EVENT, [member]: value }))).toThrow(
      new RegExp(`breaks the contract: ${member} must`),
    );
  });

  it('an event without an actor, from an older release, has the actor of the upgrade', () => {
    const { authtype: _, authid: __, authclaims: ___, ...old } = EVENT;
    expect(decodeEvent(bytes(old))).toMatchObject({ id: ID, actor: { kind: 'system', job: 'upgrade' } });
  });

  it('an event contains its actor as the Auth Context extension of CloudEvents', () => {
    const event = JSON.parse(encodeEvent(decodeEvent(bytes(EVENT))!).toString()) as object;
    expect(event).toEqual(EVENT);
  });

  it.each([undefined, 7, 'no trace', '00-0-0-00'])('the invalid trace %j is replaced by a new one', (traceparent) => {
    const invalid = { traceparent, tracestate: 'rojo=1' };
    for (const message of [
      decodeCommand(bytes({ ...COMMAND, ...invalid })),
      decodeEvent(bytes({ ...EVENT, ...invalid }))!,
    ]) {
      expect(message.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      expect(message.tracestate).toBeUndefined();
    }
  });

  it('the headers of a message contain its trace', () => {
    expect(traceHeaders(decodeCommand(bytes(COMMAND)))).toEqual(TRACE);
    expect(traceHeaders({ ...COMMAND, tracestate: undefined })).toEqual({ traceparent: TRACE.traceparent });
  });

  it('the error contains all invalid fields', () => {
    expect(() => decodeCommand(bytes({}))).toThrow(/commandId must.*; name must.*; data must/);
  });

  it.each(['null', '7', '"text"', '[', ''])('%j is not a message', (text) => {
    expect(() => decodeCommand(Buffer.from(text))).toThrow();
  });
});

describe('an old subscriber', () => {
  it('ignores unknown fields of the envelope and of the data, and a new version of the schema', () => {
    const newer = {
      ...EVENT,
      dataschema: 'urn:tidegate:event:user.created:2',
      partitionkey: 'p1',
      data: { ...EVENT.data, nickName: 'ali' },
    };
    expect(decodeEvent(bytes(newer))).toEqual({ ...decodeEvent(bytes(EVENT)), data: newer.data });
  });

  it.each(['user.promoted', 'constructor'])('decodes %s as an unknown event, with any other content', (type) => {
    expect(decodeEvent(bytes({ ...EVENT, type }))).toBeUndefined();
    expect(decodeEvent(bytes({ specversion: '1.0', id: '1', source: '/elsewhere', type }))).toBeUndefined();
    expect(() => decodeEvent(bytes({ type }))).toThrow('specversion must');
  });
});

describe('an event without an integration', () => {
  const system: Event<'api_key.revoked'> = {
    id: ID,
    name: 'api_key.revoked',
    integrationId: null,
    subject: ID,
    version: 2,
    time: '2026-01-02T03:04:05.678Z',
    requestId: 'request-1',
    actor: ACTOR,
    ...TRACE,
    data: { keyId: ID, scopes: null, integrationIds: null, expiresAt: null, revoked: true, version: 2 },
  };

  it('has no integrationid, and is decoded as it was sent', () => {
    expect(JSON.parse(encodeEvent(system).toString())).not.toHaveProperty('integrationid');
    expect(decodeEvent(encodeEvent(system))).toEqual(system);
  });

  it('can have an integration, which must be a UUID', () => {
    expect(decodeEvent(encodeEvent({ ...system, integrationId: ID }))).toMatchObject({ integrationId: ID });
    expect(() => decodeEvent(encodeEvent({ ...system, integrationId: 'acme' }))).toThrow('integrationid must');
  });

  it('must be declared: other events require an integration', () => {
    // @ts-expect-error -- integrationId can be null only for events with `system: true` in EVENTS
    const wrong: Event<'user.created'>['integrationId'] = null;
    expect(() => decodeEvent(bytes({ ...EVENT, integrationid: wrong }))).toThrow('integrationid must');
  });
});
