import { ConfirmedRevocation, GRANT_STATUSES, GrantIdsField, type GrantStatus } from '@tidegate/contracts';
import { ChoiceField, IdField, IdOrNameField } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';

/** Exactly one of `grantIds`, `userId` and `flowId` is required. */
export class RevokeGrantsBody extends ConfirmedRevocation {
  @IdField({ description: 'The integration of the grants.' })
  integrationId: string;
  @GrantIdsField() grantIds?: string[];
  @IdOrNameField({ optional: true, description: 'All grants of this user: its id or userName.' })
  userId?: string;
  @IdOrNameField({ optional: true, description: 'All grants under this flow: its id or name.' })
  flowId?: string;
}

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
