import { Controller } from '@nestjs/common';
import { OnEvent } from '@tidegate/messaging';
import { type IntegrationEvent, IntegrationsService } from './integrations.service.js';

@Controller()
export class IntegrationsController {
  constructor(private readonly integrations: IntegrationsService) {}

  @OnEvent('integration.created', 'integration.connected', 'integration.updated', 'integration.removed')
  handleEvent(event: IntegrationEvent): Promise<void> {
    return this.integrations.handleEvent(event);
  }
}
