import { MAX_GROUP_OWNERS } from '@tidegate/contracts';
import { IdsOrNamesField } from '@tidegate/contracts/dto';

export class SetOwnersBody {
  @IdsOrNamesField({
    max: MAX_GROUP_OWNERS,
    description: 'The owners: ids or userNames of active users of the integration. Replaces all owners.',
  })
  userIds: string[];
}
