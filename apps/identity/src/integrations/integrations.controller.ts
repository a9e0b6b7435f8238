import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type IntegrationEvent, IntegrationsService } from './integrations.service.js';

@Controller()
export class IntegrationsController {
  constructor(private readonly integrations: IntegrationsService) {}

  @EventPattern<string[]>([
    'integration.created',
    'integration.connected',
    'integration.updated',
    'integration.removed',
  ])
  handleEvent(@Payload() event: IntegrationEvent): Promise<void> {
    return this.integrations.handleEvent(event);
  }
}
