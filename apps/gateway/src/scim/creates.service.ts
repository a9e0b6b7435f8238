import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type GroupRecord, Refusal, type UserRecord } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { type ScimAttributes } from '@tidegate/scim';
import { v7 as uuidv7 } from 'uuid';
import { LOGGER } from '../config/config.js';
import { CreateAttemptEntity } from './create-attempt.entity.js';
import { insertAttempt, recentAttempts } from './creates.queries.js';
import { type ScimCall } from './scim-call.js';
import { ScimCommands } from './scim-commands.service.js';

type CreateName = 'users.create' | 'groups.create';

/**
 * Makes creates idempotent. After a 429 the outcome of a create is unknown, and the client retries it. The retry has the
 * command id of the first attempt, by which identity finds the row that it created.
 */
@Injectable()
export class Creates {
  constructor(
    private readonly database: Database,
    private readonly commands: ScimCommands,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Checks for earlier attempts only on conflict, because user names are unique. */
  async createUser(call: ScimCall, attributes: ScimAttributes): Promise<UserRecord> {
    try {
      return await this.ask('users.create', call, attributes, uuidv7());
    } catch (error) {
      if (Refusal.from(error)?.code !== 'uniqueness') throw error;
      const hash = hashOf('users.create', attributes);
      for (const commandId of await this.inIntegration(call, (tx) => recentAttempts(tx, call.integrationId, hash))) {
        const ours = await this.repeat(call, attributes, commandId);
        if (ours) return ours;
      }
      throw error;
    }
  }

  /** Checks for earlier attempts first, because group names are not unique and a retry would create a duplicate. */
  async createGroup(call: ScimCall, attributes: ScimAttributes): Promise<GroupRecord> {
    const hash = hashOf('groups.create', attributes);
    const [earlier] = await this.inIntegration(call, (tx) => recentAttempts(tx, call.integrationId, hash));
    const group = await this.ask('groups.create', call, attributes, earlier ?? uuidv7());
    if (earlier) await this.deleteAttempts(call, hash);
    return group;
  }

  private async repeat(call: ScimCall, attributes: ScimAttributes, commandId: string): Promise<UserRecord | undefined> {
    try {
      const user = await this.ask('users.create', call, attributes, commandId);
      await this.deleteAttempts(call, hashOf('users.create', attributes));
      return user;
    } catch (error) {
      if (Refusal.from(error)?.code === 'uniqueness') return undefined;
      throw error;
    }
  }

  private async ask<N extends CreateName>(name: N, call: ScimCall, attributes: ScimAttributes, commandId: string) {
    try {
      return await this.commands.write(name, call, { attributes }, { commandId });
    } catch (error) {
      const code = Refusal.from(error)?.code;
      if (code === 'unavailable' || code === 'deadline')
        await this.storeAttempt(call, hashOf(name, attributes), commandId);
      throw error;
    }
  }

  /** Logs errors instead of throwing, so that the caller gets the 429. */
  private async storeAttempt(call: ScimCall, hash: Buffer, commandId: string): Promise<void> {
    await this.inIntegration(call, (tx) => insertAttempt(tx, call.integrationId, hash, commandId)).catch(
      (error: unknown) =>
        this.logger.warn(
          { err: error, integrationId: call.integrationId },
          'Could not store a create with an unknown outcome',
        ),
    );
  }

  /** Ignores errors, because attempts are deleted after a day. */
  private async deleteAttempts(call: ScimCall, bodyHash: Buffer): Promise<void> {
    const where = { integrationId: call.integrationId, bodyHash };
    await this.inIntegration(call, (tx) => tx.delete(CreateAttemptEntity, where)).catch(() => undefined);
  }

  private inIntegration<T>({ integrationId }: ScimCall, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, work);
  }
}

/** Hashes the parsed attributes, not the body: Okta sends a different random password with each attempt. */
function hashOf(name: CreateName, attributes: ScimAttributes): Buffer {
  return createHash('sha256').update(name).update(JSON.stringify(attributes)).digest();
}
