import { type FlowRecord, type GrantRecord, type RequestRecord } from '@tidegate/contracts';
import { FakeDirectory } from './fake-directory.js';
import { type Received, recordingServer, type Reply } from './recording-server.js';

/** Fault of the fake Tidegate. */
export type Fault =
  'none' | 'keeps grants' | 'restores grants' | 'push deletes grants' | 'anyone approves' | 'never expires';

/** An in-memory Tidegate with the API that the demo uses and at most one fault, which the demo must detect. */
export async function fakeTidegate(fault: Fault) {
  const directory = new FakeDirectory();
  const flows: FlowRecord[] = [];
  const requests: RequestRecord[] = [];
  const grants: GrantRecord[] = [];
  let status = 'initializing';

  const end = (grant: GrantRecord, reason: GrantRecord['endReason'], at = new Date().toISOString()) =>
    Object.assign(grant, { status: 'ended', endReason: reason, revokingAt: at, endedAt: at });
  const live = () => {
    const due = grants.filter((grant) => grant.status !== 'ended' && Date.parse(grant.endsAt) <= Date.now());
    if (fault !== 'never expires') for (const grant of due) end(grant, 'expired');
    return grants.filter((grant) => grant.status !== 'ended');
  };
  directory.onDeactivated = (user) => {
    if (fault === 'keeps grants') return;
    for (const grant of live()) if (grant.userId === user.id) end(grant, 'user_deactivated');
  };
  directory.onReplacedMembers = (group) => {
    if (fault !== 'push deletes grants') return;
    for (const grant of live()) if (grant.groupId === group.id) end(grant, 'revoked');
  };

  function grant(request: RequestRecord): void {
    const now = Date.now();
    Object.assign(request, { status: 'approved', grantId: `grant-${grants.length + 1}` });
    grants.push({
      ...{
        id: `grant-${grants.length + 1}`,
        grantId: `grant-${grants.length + 1}`,
        requestId: request.id,
        flowId: request.flowId,
        flowName: request.flowName,
        userId: request.userId,
        userName: request.userName,
        userDisplayName: request.userDisplayName,
        groupId: request.groupId,
        groupName: request.groupName,
      },
      ...{
        status: 'active',
        endReason: null,
        version: 1,
        integrationId: 'i1',
        integrationName: null,
        revokingAt: null,
        endedAt: null,
      },
      ...{ endComment: null, extendedBy: null, revokedBy: null, extensions: 0, alreadyMember: false },
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + request.durationSeconds * 1000).toISOString(),
      createdAt: new Date(now).toISOString(),
      activatedAt: new Date(now).toISOString(),
    });
  }

  function createRequest(body: RequestRecord): Reply {
    if (!directory.users.find((user) => user.id === body.userId)?.active) return { status: 403 };
    const flow = flows.find((each) => each.id === body.flowId);
    if (!flow) return { status: 404 };
    const request: RequestRecord = {
      ...body,
      id: `request-${requests.length + 1}`,
      status: 'pending',
    };
    requests.push(request);
    if (flow.steps.length === 0) grant(request);
    return { status: 201, body: request };
  }

  function approve(id: string | undefined, reviewerId: string): Reply {
    const request = requests.find((each) => each.id === id);
    const step = flows.find((each) => each.id === request?.flowId)?.steps[0];
    if (!request || !step) return { status: 404 };
    const approvers = step.approvers.map((source) => ('id' in source ? source.id : undefined));
    if (fault !== 'anyone approves' && !approvers.includes(reviewerId)) return { status: 403 };
    grant(request);
    return { status: 200, body: request };
  }

  function members(groupId: string | undefined): Reply {
    const pushed = directory.groups.find((group) => group.id === groupId)?.members.map((member) => member.value) ?? [];
    const active = live().filter((each) => each.groupId === groupId);
    const restored = fault === 'restores grants' ? grants.filter((each) => each.groupId === groupId) : [];
    const items = directory.users
      .filter((user) => user.active)
      .map(({ id, userName }) => ({
        userName,
        sources: [
          ...(pushed.includes(id) ? ['scim'] : []),
          ...([...active, ...restored].some((each) => each.userId === id) ? ['grant'] : []),
        ],
      }));
    return { status: 200, body: { items: items.filter((item) => item.sources.length > 0), nextCursor: null } };
  }

  function api({ method, body }: Received, path: string, query: URLSearchParams): Reply {
    const [, noun, id, part, groupId] = path.split('/');
    const sent = (body ? JSON.parse(body) : {}) as never;
    if (part === 'tokens') return { status: 201, body: { token: 't0k' } };
    if (part === 'members' || groupId) return members(groupId);
    if (part === 'approve') return approve(id, (sent as { reviewerId: string }).reviewerId);
    switch (noun) {
      case 'integrations':
        return { status: 200, body: { id: 'i1', status } };
      case 'access-flows':
        flows.push({ ...(sent as FlowRecord), id: `flow-${flows.length + 1}` });
        return { status: 201, body: flows.at(-1) };
      case 'api-keys':
        return { status: 201, body: { key: 'tgk_review' } };
      case 'access-requests':
        return createRequest(sent);
      case 'grants':
        live();
        return {
          status: 200,
          body: { items: grants.filter((each) => each.userId === query.get('userId')), nextCursor: null },
        };
      default:
        return { status: 404, body: { detail: `${method} ${path}` } };
    }
  }

  return recordingServer((received) => {
    const { pathname, searchParams } = new URL(received.url, 'http://x');
    if (pathname.startsWith('/api/v1')) return api(received, pathname.slice('/api/v1'.length), searchParams);
    status = 'active';
    return directory.respond(received, pathname.slice('/scim/v2/i1'.length), searchParams);
  });
}
