import { Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { type Identity } from './people.queries.js';
import { type Standing } from './people.rule.js';
import { standingNow } from './standing.queries.js';

/** What people may do now: asked for their sessions, and for the API keys that they made. */
@Injectable()
export class Standings {
  constructor(private readonly database: Database) {}

  /** @returns what an identity may do; undefined when it may not come in */
  of(identity: Identity): Promise<Standing | undefined> {
    return this.database.unscoped((tx) => standingNow(tx, identity));
  }
}
