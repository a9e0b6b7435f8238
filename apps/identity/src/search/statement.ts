import { type Bind } from '@tidegate/database';
import { type ResourceType } from '@tidegate/scim';

type BindType = 'text' | 'text[]' | 'boolean' | 'numeric' | 'uuid' | 'timestamptz' | 'jsonb' | 'int8';

/** A search while its SQL is written: whatever comes from outside becomes a bind parameter here. `$1` is the integration. */
export class Statement {
  readonly binds: Bind[];
  private aliases = 0;

  /** @param baseUrl of the integration's SCIM endpoint, which the URLs of resources begin with */
  constructor(
    readonly type: ResourceType,
    integrationId: string,
    readonly baseUrl: string,
  ) {
    this.binds = [integrationId];
  }

  /** @returns the placeholder of the value */
  readonly bind = (value: string | number | boolean | readonly string[], type: BindType): string =>
    `$${this.binds.push(value)}::${type}`;

  /** @returns a name that nothing else in the statement has */
  readonly alias = (): string => `i${++this.aliases}`;

  /** Another statement that begins as this one: a placeholder that a text does not name is refused by Postgres. */
  fork(): Statement {
    const copy = new Statement(this.type, '', this.baseUrl);
    copy.binds.splice(0, 1, ...this.binds);
    copy.aliases = this.aliases;
    return copy;
  }
}
