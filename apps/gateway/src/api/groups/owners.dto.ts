import { FLOW_LIMITS } from '@tidegate/contracts';
import { IdsOrNamesField } from '@tidegate/contracts/dto';

export class SetOwnersBody {
  @IdsOrNamesField({
    max: FLOW_LIMITS.owners,
    description: 'The owners: ids or userNames of active users of the integration. Replaces all owners.',
  })
  userIds: string[];
}
