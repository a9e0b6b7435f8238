import { type Bind } from '@tidegate/database';
import { type ResourceType } from '@tidegate/scim';

type BindType = 'text' | 'text[]' | 'boolean' | 'numeric' | 'uuid' | 'timestamptz' | 'jsonb' | 'int8';

/** Collects the bind parameters of a search. All external values become bind parameters. `$1` is the integration id. */
export class Statement {
  readonly binds: Bind[];
  private aliases = 0;

  /** @param baseUrl the URL of the integration's SCIM endpoint, a prefix of the URLs of resources */
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

  /** @returns a table alias that is unique in the statement */
  readonly alias = (): string => `i${++this.aliases}`;

  /**
   * A copy, for a second statement with the same beginning. Each statement needs its own binds, because Postgres
   * refuses parameters that its text does not use.
   */
  fork(): Statement {
    const copy = new Statement(this.type, '', this.baseUrl);
    copy.binds.splice(0, 1, ...this.binds);
    copy.aliases = this.aliases;
    return copy;
  }
}
