import { Injectable } from '@nestjs/common';
import { type ScimListQuery } from '@tidegate/contracts';
import { ScimError } from '@tidegate/scim';
import { type ScimPage } from './response.js';
import { GroupResources } from './group-resources.service.js';
import { indexOf } from './list-query.rule.js';
import { queryForType, type Search } from './search.rule.js';
import { type ScimCall } from './scim-call.js';
import { UserResources } from './user-resources.service.js';

/** The list of one resource type within the combined list. */
interface Part {
  /** Prefix of cursors into this list. */
  letter: string;
  /** Fetches a page; empty when the filter cannot match the type. */
  page: (changes: Partial<ScimListQuery>) => Promise<ScimPage>;
}

const NOTHING: ScimPage = { totalResults: 0, items: [] };

/**
 * Users and groups as one list (RFC 7644 §3.4.2.1): users first, each type sorted separately, because sorting across types
 * would require reading all of both.
 */
@Injectable()
export class RootSearch {
  constructor(
    private readonly users: UserResources,
    private readonly groups: GroupResources,
  ) {}

  /** @throws ScimError invalidFilter, invalidCursor; Refusal as `ScimCommands.read` */
  async list({ call, query }: Search): Promise<ScimPage> {
    const parts = this.partsOf(call, query);
    return query.cursor === undefined ? byIndex(parts, query) : byCursor(parts, query.cursor);
  }

  private partsOf(call: ScimCall, { cursor: _, ...query }: ScimListQuery): Part[] {
    const { User, Group } = call.types;
    const [ofUsers, ofGroups] = [queryForType(User, query), queryForType(Group, query)];
    return [
      {
        letter: 'u',
        page: async (changes) => (ofUsers ? this.users.list({ call, query: { ...ofUsers, ...changes } }) : NOTHING),
      },
      {
        letter: 'g',
        page: async (changes) => (ofGroups ? this.groups.list({ call, query: { ...ofGroups, ...changes } }) : NOTHING),
      },
    ];
  }
}

/**
 * Continues with the second list where the first ends. Lists without items on the page are only counted.
 */
async function byIndex(parts: readonly Part[], query: ScimListQuery): Promise<ScimPage> {
  const items: ScimPage['items'] = [];
  let totalResults = 0;
  let isFull = false;
  for (const { page } of parts) {
    const startIndex = Math.max(query.startIndex - totalResults, 1);
    const result = await page({ startIndex, count: isFull ? 0 : query.count - items.length });
    items.push(...result.items);
    isFull ||= startIndex + result.items.length <= result.totalResults;
    totalResults += result.totalResults;
  }
  return { totalResults, ...indexOf(query), items };
}

/** Each page has resources of one type; it can be shorter than requested (RFC 9865 §2). */
async function byCursor(parts: readonly Part[], cursor: string): Promise<ScimPage> {
  const [letter, inside] = cursor === '' ? ['', ''] : [cursor.slice(0, 1), cursor.slice(2)];
  const start = letter === '' ? 0 : parts.findIndex((part) => part.letter === letter);
  if (start === -1 || (cursor !== '' && cursor[1] !== '.')) {
    throw new ScimError('invalidCursor', 'The cursor is not valid. Start again with the first page.');
  }
  const totals = await Promise.all(parts.map(({ page }) => page({ startIndex: 1, count: 0 })));
  const totalResults = totals.reduce((sum, part) => sum + part.totalResults, 0);
  const at = inside === '' ? totals.findIndex((part, index) => index >= start && part.totalResults > 0) : start;
  const part = parts[at];
  if (!part) return { totalResults, items: [] };
  const { items, nextCursor, previousCursor } = await part.page({ cursor: inside });
  const following = parts.find((_, index) => index > at && totals[index]!.totalResults > 0);
  const next = nextCursor === undefined ? following && `${following.letter}.` : `${part.letter}.${nextCursor}`;
  return {
    totalResults,
    items,
    ...(previousCursor === undefined ? {} : { previousCursor: `${part.letter}.${previousCursor}` }),
    ...(next === undefined ? {} : { nextCursor: next }),
  };
}
