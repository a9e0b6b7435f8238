import { type Event } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { DirectoryService } from './directory.service.js';

type UserEvent = Event<'user.created' | 'user.updated' | 'user.deactivated' | 'user.reactivated' | 'user.deleted'>;
type GroupEvent = Event<'group.created' | 'group.renamed' | 'group.deleted' | 'group.synced' | 'group.unsynced'>;
type IntegrationEvent = Event<
  'integration.created' | 'integration.connected' | 'integration.updated' | 'integration.removed'
>;

/** Handles the events of the directory. The state in an event determines what is done, not the event's name. */
@Controller()
export class DirectoryController {
  constructor(private readonly directory: DirectoryService) {}

  @EventPattern<string[]>(['user.created', 'user.updated', 'user.deactivated', 'user.reactivated', 'user.deleted'])
  handleUser(@Payload() event: UserEvent): Promise<void> {
    return this.directory.handleUser(event);
  }

  @EventPattern<string>('user.profile.changed')
  handleProfile(@Payload() event: Event<'user.profile.changed'>): Promise<void> {
    return this.directory.handleProfile(event);
  }

  @EventPattern<string[]>(['group.created', 'group.renamed', 'group.deleted', 'group.synced', 'group.unsynced'])
  handleGroup(@Payload() event: GroupEvent): Promise<void> {
    return this.directory.handleGroup(event);
  }

  @EventPattern<string>('group.members.changed')
  handleMembers(@Payload() event: Event<'group.members.changed'>): Promise<void> {
    return this.directory.handleMembers(event);
  }

  @EventPattern<string[]>([
    'integration.created',
    'integration.connected',
    'integration.updated',
    'integration.removed',
  ])
  handleIntegration(@Payload() event: IntegrationEvent): Promise<void> {
    return this.directory.handleIntegration(event);
  }
}
