import { Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { type Identity } from '../callers/caller.js';
import { type IdentityRights } from './identity-rights.rule.js';
import { findIdentityRights } from './identity-rights.queries.js';

/** Loads the current rights of identities, for their sessions and API keys. */
@Injectable()
export class IdentityRightsService {
  constructor(private readonly database: Database) {}

  /** @returns the rights of an identity; undefined without any */
  find(identity: Identity): Promise<IdentityRights | undefined> {
    return this.database.unscoped((tx) => findIdentityRights(tx, identity));
  }
}
