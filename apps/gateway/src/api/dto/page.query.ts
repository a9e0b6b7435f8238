import { MAX_PAGE, type PageQuery } from '@tidegate/contracts';
import { ChoiceField, TextField, WholeNumberParam } from './fields.js';

/** Which part of a list. */
export class PageParams {
  @TextField({ max: 500, optional: true, description: 'nextCursor of the part before.' })
  cursor?: string;

  @WholeNumberParam({ min: 1, max: MAX_PAGE, description: 'How many items at most; 50 when absent.' })
  limit?: number;
}

export class GroupsParams extends PageParams {
  @ChoiceField(['true', 'false'], { optional: true, description: 'Only groups to sync, or only the others.' })
  synced?: 'true' | 'false';
}

/** The part of a list that was asked for. */
export function pageQuery({ cursor, limit = 50 }: PageParams): PageQuery {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}
