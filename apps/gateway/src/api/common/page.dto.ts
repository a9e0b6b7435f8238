import { MAX_PAGE, type PageQuery } from '@tidegate/contracts';
import { IdField, IntegerParam, StringField } from '@tidegate/contracts/dto';

/** Maximum length of the parameter `search` in characters. */
export const SEARCH_LENGTH = 200;

/** Query parameters of paged lists. */
export class PageParams {
  @StringField({ max: 500, optional: true, description: '`nextCursor` of the previous page.' })
  cursor?: string;

  @IntegerParam({ min: 1, max: MAX_PAGE, description: 'Maximum number of items; defaults to 50.' })
  limit?: number;
}

/** Query parameters of lists whose items can belong to several integrations. */
export class ItemsParams extends PageParams {
  @IdField({ optional: true, description: 'Only items of this integration.' })
  integrationId?: string;
}

/** @returns the page query of commands, with the default limit */
export function pageQuery({ cursor, limit = 50 }: PageParams): PageQuery {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}
