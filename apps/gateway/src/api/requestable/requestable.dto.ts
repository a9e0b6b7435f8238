import { RequestableRecord } from '@tidegate/contracts';
import { IdField, Text } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';

export class RequestableParams extends ItemsParams {
  @IdField({
    optional: true,
    description: 'What this user can request. Required with an API key; people can omit it to ask for themselves.',
  })
  userId?: string;
}

export class RequestableView extends RequestableRecord {
  @Text() integrationName: string;
}
