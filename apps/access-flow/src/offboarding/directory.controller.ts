import { type Event } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnEvent } from '@tidegate/messaging';
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

  @OnEvent('user.created', 'user.updated', 'user.deactivated', 'user.reactivated', 'user.deleted')
  handleUser(event: UserEvent): Promise<void> {
    return this.directory.handleUser(event);
  }

  @OnEvent('user.profile.changed')
  handleProfile(event: Event<'user.profile.changed'>): Promise<void> {
    return this.directory.handleProfile(event);
  }

  @OnEvent('group.created', 'group.renamed', 'group.deleted', 'group.synced', 'group.unsynced')
  handleGroup(event: GroupEvent): Promise<void> {
    return this.directory.handleGroup(event);
  }

  @OnEvent('group.members.changed')
  handleMembers(event: Event<'group.members.changed'>): Promise<void> {
    return this.directory.handleMembers(event);
  }

  @OnEvent('integration.created', 'integration.connected', 'integration.updated', 'integration.removed')
  handleIntegration(event: IntegrationEvent): Promise<void> {
    return this.directory.handleIntegration(event);
  }
}
