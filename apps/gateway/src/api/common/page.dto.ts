import { MAX_PAGE, type PageQuery } from '@tidegate/contracts';
import { TRUE_FALSE } from './closed-sets.js';
import { ChoiceField, StringField, IntegerParam } from './fields.js';

/** Query parameters of paged lists. */
export class PageParams {
  @StringField({ max: 500, optional: true, description: '`nextCursor` of the previous page.' })
  cursor?: string;

  @IntegerParam({ min: 1, max: MAX_PAGE, description: 'Maximum number of items; defaults to 50.' })
  limit?: number;
}

export class GroupsParams extends PageParams {
  @ChoiceField(TRUE_FALSE, {
    optional: true,
    description: 'With `true`: only synced groups. With `false`: only others.',
  })
  synced?: 'true' | 'false';
}

/** @returns the page query of commands, with the default limit */
export function pageQuery({ cursor, limit = 50 }: PageParams): PageQuery {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}
