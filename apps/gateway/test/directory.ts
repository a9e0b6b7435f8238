import { type CommandData, type Event, Refusal, type UserRecord } from '@tidegate/contracts';
import { TEST_CAUSE } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type TestGateway, userRecord } from './harness.js';

/** Users of integrations, with the replies of identity to lookups by `externalId` and id. */
export class Directory {
  private readonly users = new Map<string, UserRecord[]>();

  constructor({ transport }: TestGateway) {
    const within = (ids: readonly string[]) => ids.flatMap((id) => this.users.get(id) ?? []);
    transport.handlers['users.list'] = ({ filter }: CommandData<'users.list'>, { integrationIds }) => {
      const [, wanted] = /^externalId eq "(.*)"$/.exec(filter ?? '') ?? [];
      const items = within(integrationIds).filter(({ attributes }) => attributes['externalId'] === wanted);
      return { totalResults: items.length, items };
    };
    transport.handlers['users.get'] = ({ id }, { integrationIds }) => {
      const found = within(integrationIds).find((user) => user.id === id);
      if (!found) throw new Refusal('notFound', 'No such user.');
      return found;
    };
  }

  /** Adds a user. Changes of the returned record appear in later replies. */
  add(integrationId: string, externalId: string | undefined, more: Partial<UserRecord> = {}): UserRecord {
    const attributes = { userName: `${externalId}@example.com`, ...(externalId === undefined ? {} : { externalId }) };
    const user = userRecord({ attributes, ...more });
    this.users.set(integrationId, [...(this.users.get(integrationId) ?? []), user]);
    return user;
  }

  remove(integrationId: string, { id }: UserRecord): void {
    const others = (this.users.get(integrationId) ?? []).filter((user) => user.id !== id);
    this.users.set(integrationId, others);
  }

  /** Updates a user as SCIM does, with the next version. */
  change(user: UserRecord, { externalId, active }: { externalId?: string; active?: boolean }): void {
    user.version += 1;
    if (active !== undefined) user.active = active;
    if (externalId !== undefined) user.attributes = { ...user.attributes, externalId };
  }
}

/** @returns the event of identity with the version of the user */
export function departure(
  integrationId: string,
  user: UserRecord,
  name: 'user.deactivated' | 'user.deleted' = 'user.deactivated',
): Event {
  const { id: userId, version } = user;
  const externalId = (user.attributes['externalId'] as string | undefined) ?? null;
  const left = { userId, userName: 'gone', displayName: null, externalId, active: false };
  return {
    id: uuidv7(),
    name,
    integrationId,
    subject: userId,
    version,
    time: new Date().toISOString(),
    ...TEST_CAUSE,
    data: { ...left, deleted: name === 'user.deleted', deactivations: 1, version },
  };
}
