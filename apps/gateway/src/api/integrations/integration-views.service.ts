import { Injectable } from '@nestjs/common';
import { type HttpCall } from '../../callers/call.js';
import { type IntegrationEntity } from '../../integrations/integration.entity.js';
import { UserNames } from '../common/user-names.service.js';
import { integrationView } from './integration.view.js';
import { type IntegrationView } from './integrations.dto.js';

/** Makes the views of integrations, with the names of the users in their actors. */
@Injectable()
export class IntegrationViews {
  constructor(private readonly userNames: UserNames) {}

  async one(integration: IntegrationEntity, call: HttpCall): Promise<IntegrationView> {
    return (await this.all([integration], call))[0]!;
  }

  async all(integrations: readonly IntegrationEntity[], call: HttpCall): Promise<IntegrationView[]> {
    const records = integrations.map(({ id, createdBy, updatedBy }) => ({
      integrationId: id,
      actors: [createdBy, updatedBy],
    }));
    const named = await this.userNames.ofActors(records, call);
    return integrations.map((integration) => integrationView(integration, call.origin, named));
  }
}
