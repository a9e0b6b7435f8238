import { REQUEST_STATUSES, type RequestStatus } from '@tidegate/contracts';
import { TRUE_FALSE } from '../common/closed-sets.js';
import { ChoiceField, IdField } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';

export class RequestsParams extends ItemsParams {
  @ChoiceField(REQUEST_STATUSES, { optional: true, description: 'Only requests with this status.' })
  status?: RequestStatus;
  @IdField({ optional: true, description: 'Only requests of this user.' })
  userId?: string;
  @IdField({ optional: true, description: 'Only requests that this user can or could review.' })
  approverId?: string;
  @ChoiceField(TRUE_FALSE, {
    optional: true,
    description: 'With `true`: only pending requests that the logged-in person can review.',
  })
  reviewable?: 'true' | 'false';
}
