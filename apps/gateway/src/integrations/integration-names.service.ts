import { Injectable } from '@nestjs/common';
import { type Page } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { TtlCache } from '../limits/ttl.cache.js';
import { integrationNames } from './integrations.queries.js';

/** A renamed integration has its old name in responses for at most this time. */
const CACHE_MS = 1_000;
const CACHE_ENTRIES = 200;

type Named<T> = T & { integrationName: string | null };

/** Adds the names of integrations to what responses contain. Callers must be allowed to see the integrations. */
@Injectable()
export class IntegrationNames {
  private readonly cache = new TtlCache<ReadonlyMap<string, string>>(CACHE_MS, CACHE_ENTRIES);

  constructor(private readonly database: Database) {}

  /** @returns the names by id, without unknown integrations; one statement at most; @throws errors of the database */
  of(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const integrationIds = [...new Set(ids)].sort();
    if (integrationIds.length === 0) return Promise.resolve(new Map());
    return this.cache.get(integrationIds.join(), () =>
      this.database.transaction({ integrationIds }, (tx) => integrationNames(tx, integrationIds)),
    );
  }

  /** @returns the record with the name of its integration; null if that was deleted */
  async addTo<T extends { integrationId: string }>(record: T): Promise<Named<T>> {
    return (await this.addToAll([record]))[0]!;
  }

  /** @returns the page with the names of the integrations of its items */
  async addToPage<T extends { integrationId: string }>({ items, nextCursor }: Page<T>): Promise<Page<Named<T>>> {
    return { items: await this.addToAll(items), nextCursor };
  }

  /** @returns the records with the names of their integrations */
  async addToAll<T extends { integrationId: string }>(records: readonly T[]): Promise<Named<T>[]> {
    const names = await this.of(records.map(({ integrationId }) => integrationId));
    return records.map((record) => ({ ...record, integrationName: names.get(record.integrationId) ?? null }));
  }
}
