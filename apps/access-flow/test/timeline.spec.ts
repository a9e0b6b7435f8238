import { type Actor, COMMENT_LIMITS, TEXT_LENGTH } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Timelines of requests', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const id = (person: Person) => integration.people[person].userId;
  const name = (person: Person) => integration.people[person].userName;
  const member = (person: Person) => ({ visibleTo: [{ integrationId: integration.id, userId: id(person) }] });
  const as = async <T>(person: Person, run: () => Promise<T>): Promise<T> => {
    const before = accessFlow.actor;
    accessFlow.actor = {
      kind: 'person',
      issuer: 'https://acme.okta.com',
      subject: person,
      userId: id(person),
    } satisfies Actor;
    return run().finally(() => (accessFlow.actor = before));
  };
  const timeline = async (request: { id: string }, by = {}) =>
    (await integration.ask('requests.timeline', { id: request.id, ...by })).items;
  const kinds = async (request: { id: string }) => (await timeline(request)).map(({ kind }) => kind);
  const comment = (request: { id: string }, text = 'Please.', by = {}) =>
    integration.ask('requests.comment', { id: request.id, text, ...by });
  const recipients = async (reason: string) => {
    const rows = await accessFlow.rows<{ recipients: { id: string }[] }>(
      `SELECT data -> 'recipients' AS recipients FROM access_flow.request_entries
       WHERE integration_id = $1 AND data ->> 'reason' = $2`,
      [integration.id, reason],
    );
    return rows.map((row) => row.recipients.map((each) => integration.nameOf(each.id)).sort());
  };

  it('a request is told from its creation to the end of its grant', async () => {
    const flow = await integration.reviewedFlow('bob');
    const request = await as('alice', () => integration.request(flow, 'alice'));
    const approved = await as('bob', () => integration.review(request, 'bob'));
    await accessFlow.runTargets();
    await integration.ask('grants.extend', { id: approved.grantId!, durationSeconds: HOUR });
    await integration.ask('grants.revoke', { id: approved.grantId! });
    await accessFlow.runTargets();
    const items = await timeline(request);
    expect(items.map(({ kind }) => kind)).toEqual([
      'created',
      'step_opened',
      'notified',
      'reviewed',
      'decided',
      'notified',
      'granted',
      'activated',
      'extended',
      'revoking',
      'ended',
    ]);
    expect(items.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        `${name('alice')} made the request.`,
        `Step 1 opened for ${name('bob')}.`,
        `${name('bob')} approved step 1.`,
        'Tidegate extended the grant by 1 hour.',
        'The grant ended (revoked).',
      ]),
    );
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).toSorted());
    expect(items[3]!.actor).toMatchObject({ userId: id('bob'), userName: name('bob') });
  });

  it('a request that an earlier release stored has what its rows tell', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    await integration.review(request, 'bob', 'deny');
    await accessFlow.rows(`DELETE FROM access_flow.request_entries WHERE request_id = $1`, [request.id]);
    expect(await kinds(request)).toEqual(['created', 'reviewed']);
  });

  it('members see the timelines of requests that concern them', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    for (const person of ['alice', 'bob'] as const)
      expect(await timeline(request, member(person))).toHaveLength((await timeline(request)).length);
    await expect(timeline(request, member('carol'))).rejects.toEqual(refusal('missing'));
    await expect(comment(request, 'Hi', member('carol'))).rejects.toEqual(refusal('missing'));
    const other = await Integration.create(accessFlow);
    await expect(other.ask('requests.timeline', { id: request.id })).rejects.toEqual(refusal('missing'));
    await expect(other.ask('requests.comment', { id: request.id, text: 'Hi' })).rejects.toEqual(refusal('missing'));
    await expect(other.ask('requests.reasons', { id: request.id, userId: id('bob') })).rejects.toEqual(
      refusal('missing'),
    );
  });

  it('a member sees no names of former approvers, which the request no longer shows', async () => {
    const flow = await integration.reviewedFlow('carol');
    const request = await integration.request(flow, 'alice');
    await as('dan', () => integration.edit(flow, { steps: integration.by('bob') }));
    expect(JSON.stringify(await timeline(request))).toContain(name('carol'));
    const seen = JSON.stringify(await timeline(request, member('alice')));
    expect(seen).toContain(name('bob'));
    for (const person of ['carol', 'dan'] as const) {
      expect(seen).not.toContain(name(person));
      expect(seen).not.toContain(id(person));
    }
  });

  it('a comment is in the timeline, and notifies all others who are concerned', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob', 'carol'), 'alice');
    const made = await as('bob', () => comment(request, 'Why?', member('bob')));
    expect(made).toMatchObject({ kind: 'commented', data: { text: 'Why?' }, text: `${name('bob')} commented.` });
    expect(await timeline(request, member('alice'))).toContainEqual(made);
    expect(await recipients('commented')).toEqual([['alice', 'carol']]);
    await as('alice', () => comment(request, 'Because.', member('alice')));
    await as('dan', () => comment(request, 'Fine.'));
    expect(await recipients('commented')).toEqual([
      ['alice', 'carol'],
      ['bob', 'carol'],
      ['alice', 'bob', 'carol'],
    ]);
    const due = await accessFlow.rows(
      `SELECT 1 FROM access_flow.outbox WHERE subject = $1 AND name = 'request.notification.due'`,
      [request.id],
    );
    expect(due).toHaveLength(4);
  });

  it('a decided request can be commented, and a repeated command adds nothing', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    await integration.review(request, 'bob', 'deny');
    const commandId = '01a20a92-3535-7217-ac85-49557f2ecd39';
    const send = () => integration.ask('requests.comment', { id: request.id, text: 'Thanks.' }, commandId);
    expect(await send()).toEqual(await send());
    expect((await kinds(request)).filter((kind) => kind === 'commented')).toHaveLength(1);
  });

  it('a request has a limited number of comments', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    await comment(request);
    await accessFlow.rows(
      `INSERT INTO access_flow.request_entries (integration_id, request_id, id, kind, actor, data)
       SELECT integration_id, request_id, gen_random_uuid(), kind, actor, data
       FROM access_flow.request_entries, generate_series(1, $2) WHERE request_id = $1 AND kind = 'commented'`,
      [request.id, COMMENT_LIMITS.perRequest - 1],
    );
    await expect(comment(request)).rejects.toEqual(refusal('conflict'));
    for (const text of ['', ' ', 'x'.repeat(TEXT_LENGTH + 1)])
      await expect(comment(request, text)).rejects.toEqual(refusal('invalid'));
  });

  it('a timeline has at most the last entries', async () => {
    const request = await integration.request(await integration.flow(), 'alice');
    await accessFlow.rows(
      `INSERT INTO access_flow.request_entries (integration_id, request_id, id, kind, actor, data)
       SELECT integration_id, request_id, gen_random_uuid(), 'commented', actor, data
       FROM access_flow.request_entries, generate_series(1, $2) WHERE request_id = $1`,
      [request.id, COMMENT_LIMITS.timeline],
    );
    expect(await timeline(request)).toHaveLength(COMMENT_LIMITS.timeline);
  });

  describe('Reasons', () => {
    const reasons = async (request: { id: string }, person: Person) =>
      (await integration.ask('requests.reasons', { id: request.id, userId: id(person) })).reasons;

    it('an approver learns why, by each source; others get none', async () => {
      await integration.push(integration.billing, 2, { carol: true });
      const approvers = [
        { kind: 'user', id: id('bob') },
        { kind: 'group', id: integration.billing },
      ] as const;
      const flow = await integration.flow({
        eligibility: { kind: 'everyone' },
        steps: [{ name: 'Owners', quorum: 'any', approvers: [...approvers] }],
      });
      const request = await integration.request(flow, 'alice');
      expect(await reasons(request, 'bob')).toEqual(['You are an approver of step 1 (Owners).']);
      expect(await reasons(request, 'carol')).toEqual(['You are a member of Group, an approver of step 1 (Owners).']);
      expect(await reasons(request, 'alice')).toEqual([]);
      expect(await reasons(request, 'dan')).toEqual([]);
      await integration.review(request, 'bob', 'deny');
      expect(await reasons(request, 'carol')).toEqual([]);
    });

    it('an administrator with a user learns why, if no user can decide', async () => {
      const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
      const asked = (person: Person, asAdministrator: boolean) =>
        integration.ask('requests.reasons', { id: request.id, userId: id(person), asAdministrator });
      expect(await asked('dan', true)).toEqual({ reasons: [] });
      await integration.deactivate('bob');
      expect(await asked('dan', true)).toEqual({
        reasons: ['No user can decide the step: you are an administrator.'],
      });
      expect(await asked('dan', false)).toEqual({ reasons: [] });
      expect(await asked('alice', true)).toEqual({ reasons: [] });
    });

    it('an escalated step says so', async () => {
      const escalation = { quorum: 'any', approvers: [{ kind: 'user', id: id('carol') }], afterSeconds: HOUR } as const;
      const flow = await integration.flow({
        eligibility: inGroups(integration.billing),
        steps: [{ ...integration.by('bob')[0]!, escalation: { ...escalation, approvers: [...escalation.approvers] } }],
      });
      await integration.push(integration.billing, 2, { alice: true });
      const request = await integration.request(flow, 'alice');
      expect(await reasons(request, 'carol')).toEqual([]);
      await accessFlow.rows(`UPDATE access_flow.requests SET escalated = true WHERE id = $1`, [request.id]);
      expect(await reasons(request, 'carol')).toEqual(['The step escalated to you after 1 hour.']);
    });
  });
});
