import { StringField } from '@tidegate/contracts/dto';
import { PageParams, SEARCH_LENGTH } from '../common/page.dto.js';

export class UsersParams extends PageParams {
  @StringField({
    max: SEARCH_LENGTH,
    optional: true,
    description:
      'Only users whose `userName`, `displayName`, given name, family name, `externalId` or an e-mail address begins with ' +
      'this text, without regard to case (in `externalId` only of A to Z).',
  })
  search?: string;
}
