import { GRANT_STATUSES, type GrantStatus } from '@tidegate/contracts';
import { ChoiceField, IdField } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';

export class GrantsParams extends ItemsParams {
  @ChoiceField(GRANT_STATUSES, { optional: true, description: 'Only grants with this status.' })
  status?: GrantStatus;
  @IdField({ optional: true, description: 'Only grants of this user.' })
  userId?: string;
}
