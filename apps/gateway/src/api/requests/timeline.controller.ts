import { Body, Get, Post } from '@nestjs/common';
import { Comment, Timeline, TimelineEntry } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { ownMembers } from '../common/own.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';
import { withoutAbsent } from '../common/without-absent.js';

/** What happened to requests, and comments on them. */
@Api('access-requests')
export class TimelineController {
  constructor(private readonly commands: ApiCommands) {}

  @Get(':id/timeline')
  @Needs('access:read', { orOwn: true })
  @Operation('getRequestTimeline', 'Get the timeline of a request', {
    description:
      'What happened to the request, and to the grant that it led to, in order. Members see the timelines of the requests ' +
      'that they see, with the names that the request shows them.',
    returns: Timeline,
  })
  async timeline(@Id() id: string, @Call() call: HttpCall): Promise<Timeline> {
    const { integrationId } = await this.find(id, call);
    const data = { id, ...this.visibility(call) };
    const { items } = await this.commands.ask('requests.timeline', call, data, [integrationId]);
    return { items: items.map((item) => ({ ...item, actor: shownActor(call.access, integrationId, item.actor) })) };
  }

  @Post(':id/comments')
  @Needs('access:write', { orOwn: true })
  @Operation('commentRequest', 'Comment on a request', {
    description:
      'Adds a comment to the timeline of a request, whatever its status. Members can comment on the requests that they see: ' +
      'those for themselves, those that they made, and those that they can or could review. The user who gets access and ' +
      'the approvers who can decide are notified, except for the author.',
    returns: TimelineEntry,
    status: 201,
    conflict: 'The request already has 100 comments.',
  })
  async comment(@Id() id: string, @Body() { text }: Comment, @Call() call: HttpCall): Promise<TimelineEntry> {
    const { integrationId } = await this.find(id, call);
    const data = { id, text, ...this.visibility(call) };
    const entry = await this.commands.ask('requests.comment', call, data, [integrationId]);
    return { ...entry, actor: shownActor(call.access, integrationId, entry.actor) };
  }

  /** The integration of the request is alone in the command, so that its actor includes the user of the caller there. */
  private find(id: string, call: HttpCall) {
    return this.commands.ask(
      'requests.get',
      call,
      { id, ...this.visibility(call) },
      accessibleIntegrations(call.access),
    );
  }

  private readonly visibility = (call: HttpCall) => withoutAbsent({ visibleTo: ownMembers(call.access) });
}
