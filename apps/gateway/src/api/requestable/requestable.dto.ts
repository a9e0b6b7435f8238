import { RequestableRecord } from '@tidegate/contracts';
import { IdOrNameField, IntegrationName } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';

export class RequestableParams extends ItemsParams {
  @IdOrNameField({
    optional: true,
    description:
      'What this user can request: its id or userName. Required with an API key; people can omit it to ask for themselves.',
  })
  userId?: string;
}

export class RequestableView extends RequestableRecord {
  @IntegrationName() integrationName: string | null;
}
