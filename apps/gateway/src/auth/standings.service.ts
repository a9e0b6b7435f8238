import { Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { boundIntegrations, type Identity, linksOf, rolesGiven } from './people.queries.js';
import { type Standing, standingOf } from './people.rule.js';

/** What people may do now: asked for their sessions, and for the API keys that they made. */
@Injectable()
export class Standings {
  constructor(private readonly database: Database) {}

  /** @returns what an identity may do; undefined when it may not come in */
  async of({ issuer, subject }: Identity): Promise<Standing | undefined> {
    const integrationIds = await this.database.unscoped((tx) => boundIntegrations(tx, issuer));
    if (!integrationIds) return undefined;
    return this.database.transaction({ integrationIds }, async (tx) => {
      const links = await linksOf(tx, integrationIds, { issuer, subject });
      const active = links.filter((link) => link.active);
      return standingOf(links, await rolesGiven(tx, { issuer, subject }, active));
    });
  }
}
