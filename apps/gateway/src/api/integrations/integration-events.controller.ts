import { Get, Headers, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Needs } from '../../callers/access.decorator.js';
import { type Need } from '../../callers/access.rule.js';
import { Callers } from '../../credentials/callers.service.js';
import { hasAllRights } from '../../callers/delegation.rule.js';
import { CONFIGURED_KEY, makerOf } from '../../auth/maker.rule.js';
import { EVENT_STREAM, EventStream } from '../../http/event.stream.js';
import { Integrations } from '../../integrations/integrations.service.js';
import { IntegrationWatch, type Watcher, type StreamUsage } from '../../integrations/watch.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { integrationView } from './integration.view.js';

/** Required to open a stream, and checked again while it is open. */
const NEED = { scope: 'integrations:read' } as const satisfies Need;
const LAST_ID = 'Last-Event-ID';
const RESUME = { name: LAST_ID, required: false, description: 'Id of the last event received.' };
const DESCRIPTION =
  'Server-sent events: integration.created, .connected and .updated, with the integration as data, and ' +
  'integration.removed, with only its id. The stream ends after five minutes, when the service stops, and within ' +
  'seconds after the caller loses access. Reconnect with Last-Event-ID.';
const EXAMPLE =
  'id: 01a216c2-77a1-7433-a1f7-0e4a4f3d5b60\nevent: integration.removed\n' +
  'data: {"id":"01a20a91-9f1a-762e-8330-4b3a2dcf66da"}\n\n';
const STREAM = {
  content: { [EVENT_STREAM]: { schema: { type: 'string' }, example: EXAMPLE } },
} as const;

/** Streams changes of integrations. */
@Api('integrations', 'integrations')
export class IntegrationEventsController {
  constructor(
    private readonly watch: IntegrationWatch,
    private readonly integrations: Integrations,
    private readonly callers: Callers,
  ) {}

  @Get('events')
  @Needs(NEED.scope)
  @ApiHeader(RESUME)
  @ApiOkResponse(STREAM)
  @Operation('watchIntegrations', 'Watch all integrations', { description: DESCRIPTION, status: 200 })
  all(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Headers(LAST_ID) lastId?: string): Promise<void> {
    return this.stream(request, reply, undefined, lastId);
  }

  @Get(':integrationId/events')
  @Needs(NEED.scope)
  @ApiHeader(RESUME)
  @ApiOkResponse(STREAM)
  @Operation('watchIntegration', 'Watch an integration', { description: DESCRIPTION, status: 200 })
  async one(
    @Id('integrationId') integrationId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Headers(LAST_ID) lastId?: string,
  ): Promise<void> {
    await this.integrations.get(integrationId);
    await this.stream(request, reply, integrationId, lastId);
  }

  private async stream(
    request: FastifyRequest,
    reply: FastifyReply,
    integrationId: string | undefined,
    lastId: string | undefined,
  ): Promise<void> {
    const { method, origin } = request;
    if (method === 'HEAD') return void reply.type(EVENT_STREAM).send();
    const stream = new EventStream();
    const watcher: Watcher = {
      usage: usageOf(request, integrationId),
      reach: async () => (await this.callers.accessNow(request, NEED)).reach,
      integrationId,
      send: ({ change: { id, kind, integrationId: changedId }, integration }) =>
        stream.send({ id, event: kind, data: integration ? integrationView(integration, origin) : { id: changedId } }),
      end: () => stream.end(),
    };
    this.watch.add(watcher);
    stream.open(
      reply,
      () => watcher.reach(),
      () => this.watch.remove(watcher),
    );
    try {
      await this.watch.catchUp(watcher, lastId);
    } catch (error) {
      stream.end(); // a stream must not have gaps; the client reconnects
      throw error;
    }
  }
}

function usageOf({ caller, access }: FastifyRequest, integrationId: string | undefined): StreamUsage {
  const reach = integrationId === undefined ? access.reach : [integrationId];
  if (!caller || caller.kind === 'scim') return { caller: '', maker: undefined, reach, isRoot: false };
  const common = { reach, isRoot: hasAllRights(caller) };
  if (caller.kind === 'person') {
    const name = JSON.stringify(makerOf(caller));
    return { ...common, caller: name, maker: name };
  }
  const { keyId, maker } = caller;
  const byRoot = maker === null || (maker.kind === 'apiKey' && maker.keyId === CONFIGURED_KEY);
  return { ...common, caller: keyId, maker: byRoot ? undefined : JSON.stringify(maker) };
}
