import {
  type Command,
  MAX_PAGE,
  type Page,
  pageOf,
  REQUEST_STATUSES,
  type RequestRecord,
  type UndecidableCount,
} from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { requireFound, idOf, idsOf, oneOf, pageArgsOf } from '../common/input.js';
import { allowedIntegrations } from '../common/allowed-integrations.js';
import { countPending, countUndecidable, listRequests } from './request-lists.queries.js';
import { findRequest } from './requests.queries.js';

/** Reads requests. Every query is bound by the integrations of the command. */
@Injectable()
export class RequestListsService {
  constructor(private readonly database: Database) {}

  /** @throws Refusal `missing` */
  async get(command: Command<'requests.get'>): Promise<RequestRecord> {
    const id = idOf(command.data.id, 'request');
    return this.database.transaction(command, async (tx) =>
      requireFound(await findRequest(tx, command.integrationIds, id), 'request'),
    );
  }

  /** Counts the pending requests without an approver who can review them, by integration. */
  undecidable(command: Command<'requests.undecidable'>): Promise<{ items: UndecidableCount[] }> {
    return this.database.transaction(command, async (tx) => ({
      items: await countUndecidable(tx, command.integrationIds),
    }));
  }

  /** Counts the pending requests. */
  count(command: Command<'requests.count'>): Promise<{ openRequests: number }> {
    return this.database.transaction(command, async (tx) => ({
      openRequests: await countPending(tx, command.integrationIds),
    }));
  }

  /** @returns requests, newest first */
  async list(command: Command<'requests.list'>): Promise<Page<RequestRecord>> {
    const { integrationId, status, userId, approverIds } = command.data;
    const page = pageArgsOf(command.data);
    const integrationIds = allowedIntegrations(command.integrationIds, integrationId);
    const filter = {
      status: status === undefined ? null : oneOf(status, 'status', REQUEST_STATUSES),
      userId: userId === undefined ? null : idOf(userId, 'user'),
      approverIds: approverIds === undefined ? null : idsOf(approverIds, 'approverIds', 1, MAX_PAGE),
    };
    const rows = await this.database.transaction(command, (tx) => listRequests(tx, integrationIds, filter, page));
    return pageOf(
      rows,
      page.limit,
      (request) => request.id,
      (request) => request,
    );
  }
}
