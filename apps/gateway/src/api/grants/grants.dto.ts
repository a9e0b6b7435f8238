import { FLOW_LIMITS, GRANT_STATUSES, type GrantStatus } from '@tidegate/contracts';
import { ChoiceField, IdField, IntegerField } from '../common/fields.js';
import { ItemsParams } from '../common/page.dto.js';

export class GrantsParams extends ItemsParams {
  @ChoiceField(GRANT_STATUSES, { optional: true, description: 'Only grants with this status.' })
  status?: GrantStatus;
  @IdField({ optional: true, description: 'Only grants of this user.' })
  userId?: string;
}

export class ExtendGrant {
  @IntegerField({
    min: FLOW_LIMITS.shortestSeconds,
    max: FLOW_LIMITS.longestSeconds,
    description: 'Seconds to add to the grant.',
  })
  durationSeconds: number;
}
