import {
  type Command,
  type Page,
  pageOf,
  type RequestableRecord,
  type RequestReply,
  type UndecidableCount,
} from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { requireFound } from '../common/require-found.js';
import { allowedIntegrations } from '../common/allowed-integrations.js';
import { countPending, countUndecidable, listRequests } from './request-lists.queries.js';
import { futureSteps } from './future-steps.js';
import { findRequest } from './named-requests.queries.js';
import { listRequestable, requestableCursor } from './requestable.queries.js';

/** Reads requests. Every query is bound by the integrations of the command. */
@Injectable()
export class RequestListsService {
  constructor(private readonly database: Database) {}

  /** @throws Refusal `missing` */
  async get(command: Command<'requests.get'>): Promise<RequestReply> {
    const { id, visibleTo } = command.data;
    return this.database.transaction(command, async (tx) =>
      requireFound(await findRequest(tx, command.integrationIds, id, visibleTo), 'request'),
    );
  }

  /** Counts the pending requests that no user can decide, by integration. */
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

  /** @returns what users can request, by flow and group. @throws Refusal `invalid` for an invalid cursor */
  async requestable(command: Command<'requests.requestable'>): Promise<Page<RequestableRecord>> {
    const { data } = command;
    const integrationIds = allowedIntegrations(command.integrationIds, data.integrationId);
    const rows = await this.database.transaction(command, (tx) =>
      listRequestable(tx, integrationIds, data, (flow, access) => futureSteps(tx, flow, access)),
    );
    return pageOf(rows, data.limit, requestableCursor, (row) => row);
  }

  /** @returns requests, newest first */
  async list(command: Command<'requests.list'>): Promise<Page<RequestReply>> {
    const { data } = command;
    const integrationIds = allowedIntegrations(command.integrationIds, data.integrationId);
    const rows = await this.database.transaction(command, (tx) => listRequests(tx, integrationIds, data));
    return pageOf(
      rows,
      data.limit,
      (request) => request.id,
      (request) => request,
    );
  }
}
