import { In, type Job, type JobKind, recordEvents } from '@tidegate/database';
import { SCHEMA } from '../common/schema.js';
import { GRANT_END, GRANT_START } from '../grants/create-grant.js';
import { GrantEntity } from '../grants/grant.entity.js';
import { beforeBecoming } from '../grants/grant.rule.js';
import { revokeGrants } from '../grants/revoke-grants.js';
import { startGrant } from '../grants/start-grant.js';
import { closeApprovers } from '../requests/approvers.queries.js';
import { escalate } from '../requests/escalate.js';
import { recordEnds } from '../requests/notify.js';
import { requestEvent } from '../requests/request.events.js';
import { expireRequest, REQUEST_ESCALATE, REQUEST_EXPIRE } from '../requests/requests.queries.js';

const DEADLINE = {
  concurrency: 1,
  alarmAfterSeconds: 10,
  alarmMessage: () => 'A deadline was not met',
};

/**
 * Jobs at the start and end of grants, and at the escalation and expiry of requests. The grant or request decides by the
 * database's clock whether its time has come.
 */
export const DEADLINE_JOBS: readonly JobKind[] = [
  {
    name: GRANT_START,
    ...DEADLINE,
    async settle(tx, job) {
      await startGrant(tx, job.integrationId, job.key, causeOf(job));
    },
  },
  {
    name: GRANT_END,
    ...DEADLINE,
    async settle(tx, job) {
      const { integrationId, key: id } = job;
      const subject = { kind: 'expiredGrant', id } as const;
      await revokeGrants(tx, integrationId, { subject, reason: 'expired', cause: causeOf(job) });
      const where = { integrationId, id, status: In(beforeBecoming('revoking')) };
      const extended = await tx.findOne(GrantEntity, { where });
      if (extended) return { at: extended.endsAt };
    },
  },
  {
    name: REQUEST_ESCALATE,
    ...DEADLINE,
    settle: (tx, job) => escalate(tx, job.integrationId, job.key, causeOf(job)),
  },
  {
    name: REQUEST_EXPIRE,
    ...DEADLINE,
    async settle(tx, job) {
      const expired = await expireRequest(tx, job.integrationId, job.key);
      if (!expired) return;
      const cause = causeOf(job);
      await closeApprovers(tx, job.integrationId, [expired.id]);
      await recordEvents(tx, SCHEMA, [requestEvent(expired, cause)]);
      await recordEnds(tx, [expired], cause);
    },
  },
];

const causeOf = ({ requestId, actor }: Job) => ({ requestId, actor });
