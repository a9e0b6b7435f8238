import { TRUE_FALSE } from '../common/closed-sets.js';
import { ChoiceField, StringField } from '@tidegate/contracts/dto';
import { PageParams, SEARCH_LENGTH } from '../common/page.dto.js';

export class GroupsParams extends PageParams {
  @ChoiceField(TRUE_FALSE, {
    optional: true,
    description: 'With `true`: only synced groups. With `false`: only others.',
  })
  synced?: 'true' | 'false';

  @StringField({
    max: SEARCH_LENGTH,
    optional: true,
    description:
      'Only groups whose `displayName` or `externalId` begins with this text, without regard to case (in `externalId` only of A to Z).',
  })
  search?: string;
}
