import { type FlowRecord, type GrantRecord, type Page, type RequestRecord } from '@tidegate/contracts';
import { eventually, person } from '@tidegate/testing';
import { isJsonObject, type JsonObject } from '../apps/okta-simulator/src/json.js';
import { ScimClient } from '../apps/okta-simulator/src/scim-client.js';
import { patchUser, replaceUser } from '../apps/okta-simulator/src/shapes.js';
import { api, newTenant, type Tenant } from './http.js';
import { type Tidegate } from './system.js';

/** Concurrent calls, as in Okta's bursts. */
const AT_ONCE = 16;
const HOUR = 3600;

/** Many users of one integration, each with one active grant in the same group. */
export class Crowd {
  private constructor(
    private readonly tidegate: Tidegate,
    readonly tenant: Tenant,
    /** SCIM ids, in the order of their creation. */
    readonly userIds: readonly string[],
  ) {}

  /** Provisions the users like Okta and requests a grant for each through the API. */
  static async gather(tidegate: Tidegate, size: number): Promise<Crowd> {
    const tenant = await newTenant(tidegate);
    const client = clientOf(tenant);
    const group = idOf(await client.send('POST', '/Groups', { displayName: 'Production', members: [] }));
    const names = Array.from({ length: size }, (_, index) => `Person${String(index).padStart(4, '0')}`);
    const ids = await inBursts(names, async (name) =>
      idOf(await client.send('POST', '/Users', person(name, 'Acme')() as object as JsonObject)),
    );
    client.close();
    const crowd = new Crowd(tidegate, tenant, ids);
    await crowd.requestAccess(group);
    return crowd;
  }

  /** Deactivates the users like Okta: most by PATCH, every third by GET and PUT, like apps from the wizard. */
  async deactivate(
    userIds: readonly string[],
    { onEach, wait }: { onEach?: () => void; wait: () => Promise<unknown> },
  ) {
    const client = clientOf(this.tenant, wait);
    await inBursts(userIds, async (id, index) => {
      const answered =
        index % 3 === 2
          ? await client.send(
              'PUT',
              `/Users/${id}`,
              replaceUser((await client.send('GET', `/Users/${id}`)) ?? {}, { active: false }),
            )
          : await client.send('PATCH', `/Users/${id}`, patchUser({ active: false }));
      expect(answered).toMatchObject({ id, active: false });
      onEach?.();
    });
    client.close();
  }

  /** All grants of the crowd, by user. */
  async grants(): Promise<Map<string, GrantRecord[]>> {
    const found = new Map(this.userIds.map((id) => [id, [] as GrantRecord[]]));
    let cursor: string | null = null;
    do {
      const query: string = `integrationId=${this.tenant.integrationId}&limit=200${cursor ? `&cursor=${cursor}` : ''}`;
      const page: Page<GrantRecord> = await api(this.tidegate, 'GET', `/grants?${query}`);
      for (const grant of page.items) found.get(grant.userId)?.push(grant);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }

  private async requestAccess(groupId: string): Promise<void> {
    const { integrationId } = this.tenant;
    const settings = {
      integrationId,
      name: 'Production for everyone',
      eligibility: { kind: 'everyone' },
      groupIds: [groupId],
      maxDurationSeconds: HOUR,
      steps: [],
    };
    // Services receive each other's events asynchronously.
    const flow = await eventually(() => api<FlowRecord>(this.tidegate, 'POST', '/access-flows', settings));
    await inBursts(this.userIds, (userId) =>
      eventually(() =>
        api<RequestRecord>(this.tidegate, 'POST', '/access-requests', {
          flowId: flow.id,
          userId,
          groupId,
          durationSeconds: HOUR,
        }),
      ),
    );
    await eventually(async () => {
      const grants = [...(await this.grants()).values()];
      expect(grants.filter((each) => each.length !== 1 || each[0]?.status !== 'active')).toEqual([]);
    });
  }
}

function clientOf({ scimBaseUrl, token }: Tenant, wait?: () => Promise<unknown>): ScimClient {
  return new ScimClient({ baseUrl: scimBaseUrl, token, ...(wait && { wait }) });
}

function idOf(resource: JsonObject | undefined): string {
  const id = isJsonObject(resource) ? resource['id'] : undefined;
  if (typeof id !== 'string') throw new Error('the response has no id');
  return id;
}

/** Processes all items with limited concurrency. @returns the results in the order of the items */
async function inBursts<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
