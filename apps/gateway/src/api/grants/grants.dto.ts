import { GRANT_STATUSES, type GrantStatus } from '@tidegate/contracts';
import { ChoiceField, IdOrNameField } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';

export class GrantsParams extends ItemsParams {
  @ChoiceField(GRANT_STATUSES, { optional: true, description: 'Only grants with this status.' })
  status?: GrantStatus;
  @IdOrNameField({ optional: true, description: 'Only grants of this user: its id or userName.' })
  userId?: string;
  @IdOrNameField({ optional: true, description: 'Only grants of this group: its id or display name.' })
  groupId?: string;
  @IdOrNameField({ optional: true, description: 'Only grants under this flow: its id or name.' })
  flowId?: string;
}
