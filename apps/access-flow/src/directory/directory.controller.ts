import { type Fact } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { DirectoryService } from './directory.service.js';

type UserFact = Fact<'user.created' | 'user.updated' | 'user.deactivated' | 'user.reactivated' | 'user.deleted'>;
type GroupFact = Fact<'group.created' | 'group.renamed' | 'group.deleted' | 'group.synced' | 'group.unsynced'>;
type IntegrationFact = Fact<
  'integration.created' | 'integration.connected' | 'integration.updated' | 'integration.removed'
>;

/** Hears the facts of the directory. What is done depends on the state that a fact carries, never on its name. */
@Controller()
export class DirectoryController {
  constructor(private readonly directory: DirectoryService) {}

  @EventPattern<string[]>(['user.created', 'user.updated', 'user.deactivated', 'user.reactivated', 'user.deleted'])
  hearUser(@Payload() fact: UserFact): Promise<void> {
    return this.directory.hearUser(fact);
  }

  @EventPattern<string[]>(['group.created', 'group.renamed', 'group.deleted', 'group.synced', 'group.unsynced'])
  hearGroup(@Payload() fact: GroupFact): Promise<void> {
    return this.directory.hearGroup(fact);
  }

  @EventPattern<string>('group.members.changed')
  hearMembers(@Payload() fact: Fact<'group.members.changed'>): Promise<void> {
    return this.directory.hearMembers(fact);
  }

  @EventPattern<string[]>([
    'integration.created',
    'integration.connected',
    'integration.updated',
    'integration.removed',
  ])
  hearIntegration(@Payload() fact: IntegrationFact): Promise<void> {
    return this.directory.hearIntegration(fact);
  }
}
