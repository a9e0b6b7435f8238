import { type Command } from '@tidegate/contracts';
import { decodeCommand, decodeEvent, encodeEvent } from './wire.js';

const ID = '019ab2c3-0000-7000-8000-000000000001';
const ACTOR = { kind: 'person' as const, issuer: 'https://acme.okta.com', subject: '00u4' };
const COMMAND: Command<'users.get'> = {
  commandId: ID,
  name: 'users.get',
  integrationIds: [ID],
  receivedAt: '2026-01-02T03:04:05.678Z',
  deadlineAt: 1_767_323_045_678,
  requestId: 'request-1',
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
  datacontenttype: 'application/json',
  data: { userId: ID },
};
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('envelopes', () => {
  it('a command is read as it was sent', () => {
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
  ])('a command whose %s is %j is refused by that name', (member, value) => {
    expect(() => decodeCommand(bytes({ ...COMMAND, [member]: value }))).toThrow(
      new RegExp(`breaks the contract: ${member} must`),
    );
  });

  it('an event is read from its CloudEvent', () => {
    expect(decodeEvent(bytes(EVENT))).toMatchObject({
      id: ID,
      name: 'user.created',
      version: 7,
      actor: ACTOR,
      data: { userId: ID },
    });
  });

  it.each([
    ['specversion', '0.3'],
    ['type', 'user.promoted'],
    ['type', 'constructor'],
    ['subject', ''],
    ['sequence', '-1'],
    ['sequence', 7],
    ['time', null],
    ['authclaims', '{'],
    ['authclaims', '{"kind":"stranger"}'],
    ['authclaims', '{"kind":"apiKey"}'],
    ['data', 'text'],
  ])('an event whose %s is %j is refused by that name', (member, value) => {
    expect(() => decodeEvent(bytes({ ...EVENT, [member]: value }))).toThrow(
      new RegExp(`breaks the contract: ${member} must`),
    );
  });

  it('an event from before actors travelled is handled, as a change of the upgrade', () => {
    const { authtype: _, authid: __, authclaims: ___, ...old } = EVENT;
    expect(decodeEvent(bytes(old))).toMatchObject({ id: ID, actor: { kind: 'system', job: 'upgrade' } });
  });

  it('an event carries its actor as the Auth Context extension of CloudEvents', () => {
    const event = JSON.parse(encodeEvent(decodeEvent(bytes(EVENT))).toString()) as object;
    expect(event).toEqual(EVENT);
  });

  it('names every fault at once', () => {
    expect(() => decodeCommand(bytes({}))).toThrow(/commandId must.*; name must.*; data must/);
  });

  it.each(['null', '7', '"text"', '[', ''])('%j is no message', (text) => {
    expect(() => decodeCommand(Buffer.from(text))).toThrow();
  });
});
