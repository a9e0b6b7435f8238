import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type IntegrationFact, IntegrationsService } from './integrations.service.js';

@Controller()
export class IntegrationsController {
  constructor(private readonly integrations: IntegrationsService) {}

  @EventPattern<string[]>([
    'integration.created',
    'integration.connected',
    'integration.updated',
    'integration.removed',
  ])
  hear(@Payload() fact: IntegrationFact): Promise<void> {
    return this.integrations.hear(fact);
  }
}
