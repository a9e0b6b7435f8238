import { type Command } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { whyApprover } from '../approval/why.rule.js';
import { requireFound } from '../common/require-found.js';
import { readNames } from '../directory/names.queries.js';
import { neededFacts, readFacts } from '../policy/facts.js';
import { flowReferences } from '../policy/flow-settings.rule.js';
import { findFlow } from '../policy/flows.queries.js';
import { entriesOf } from './entries.js';
import { findScope, readRequest } from './requests.queries.js';

/** Answers why a user is an approver of a request. */
@Injectable()
export class ReasonsService {
  constructor(private readonly database: Database) {}

  /**
   * @returns why a user can decide the open step of a request, by the current flow and directory: one sentence for each source
   *   of approvers. None if the user cannot decide it, and for a request that is not pending.
   * @throws Refusal `missing`
   */
  reasons(command: Command<'requests.reasons'>): Promise<{ reasons: string[] }> {
    const { id, userId, asAdministrator = false } = command.data;
    return this.database.transaction(command, async (tx) => {
      const { integrationId } = requireFound(await findScope(tx, command.integrationIds, id), 'request');
      const request = requireFound(await readRequest(tx, integrationId, id), 'request');
      const flow = await findFlow(tx, [integrationId], request.flowId);
      const step = request.step === null ? undefined : flow?.steps[request.step];
      if (!flow || !step || request.step === null || request.status !== 'pending') return { reasons: [] };
      const { approverGroupIds } = flowReferences(flow);
      const facts = { ...neededFacts([flow]), groupIds: approverGroupIds };
      const persons = await readFacts(tx, integrationId, [userId], facts);
      const reviewer = { reviewerId: userId, reviewerKey: userId, asAdministrator };
      const entries = await entriesOf(tx, request, { flow, persons }, { ...reviewer, verdict: 'deny' });
      const { users, groups } = await readNames(
        tx,
        integrationId,
        [request.userId],
        [request.groupId, ...approverGroupIds],
      );
      const requester = users[request.userId];
      const names = {
        requester: requester?.displayName ?? requester?.userName ?? request.userId,
        group: groups[request.groupId] ?? request.groupId,
        flow: flow.name,
        groups: new Map(Object.entries(groups)),
      };
      return { reasons: whyApprover(entries, { step, index: request.step, escalated: request.escalated }, names) };
    });
  }
}
