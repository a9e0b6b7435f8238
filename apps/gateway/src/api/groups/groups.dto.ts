import { TRUE_FALSE } from '../common/closed-sets.js';
import { ChoiceField } from '@tidegate/contracts/dto';
import { PageParams } from '../common/page.dto.js';

export class GroupsParams extends PageParams {
  @ChoiceField(TRUE_FALSE, {
    optional: true,
    description: 'With `true`: only synced groups. With `false`: only others.',
  })
  synced?: 'true' | 'false';
}
