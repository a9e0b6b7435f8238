import { Body, Get, Headers, Post, Query } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type CommandData, type Page, Refusal, RequestRecord, type RequestReply } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { type Reach } from '../../callers/roles.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { IDEMPOTENCY_KEY, idempotencyKeyOf } from '../../http/idempotency-key.rule.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { Administrators } from '../../auth/administrators.service.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { Links } from '../../auth/links.service.js';
import { apiCaller } from '../common/known-caller.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { References } from '../common/references.service.js';
import { RequestReferences } from './request-references.service.js';
import { CreateRequestBody, CreateRequestParams, RequestsParams, RequestView, ReviewBody } from './requests.dto.js';
import { withoutAbsent } from '../common/without-absent.js';
import { pageQuery } from '../common/page.dto.js';
import { contactView, requestView } from './request.view.js';
import { contactsReach } from './contacts.rule.js';
import {
  canActOn,
  hasMade,
  ownMembers,
  reviewsAsAdministrator,
  scopeToCaller,
  scopeToReviewers,
} from '../common/own.rule.js';

const DECIDED = 'Only pending requests of active users can be reviewed, and only once by each approver in a step.';
const REVIEWERS =
  'People review as their own user. An API key names the reviewer. A step that is left to administrators can be ' +
  'decided by each logged-in administrator of the integration, not after a login with a key, except for a request of their ' +
  'own. They can deny, but not approve, a request that they made.';
const IDEMPOTENCY = {
  name: IDEMPOTENCY_KEY,
  required: false,
  schema: { type: 'string' },
  description:
    'A key of the caller, as a string in quotation marks. A repeat with the same key, user and data returns the existing ' +
    'request, whatever became of it; with other data it is refused with 409.',
} as const;

/** Access requests and their reviews. */
@Api('access-requests')
export class RequestsController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly links: Links,
    private readonly administrators: Administrators,
    private readonly references: References,
    private readonly requestReferences: RequestReferences,
    private readonly names: IntegrationNames,
  ) {}

  @Post()
  @Needs('access:write', { orOwn: true })
  @ApiHeader(IDEMPOTENCY)
  @Operation('createRequest', 'Request access to a group', {
    description:
      'Creates a request under a flow. Without steps in the flow it is approved at once and has a grant; otherwise it is ' +
      'pending until it is decided or expires. Members can request for themselves, and can omit `userId`; for another user ' +
      'only if `requesters` of the flow allows it. With `validateOnly` the request is checked in the same way, the response ' +
      'is what would result, and nothing is created: its id is unknown afterwards.',
    returns: RequestRecord,
    status: 201,
    conflict:
      'This user already has a live grant or a pending request for this group, under any flow, and `existing` identifies it. Or a ' +
      'limit of the flow is reached, or the idempotency key was used for another request of this user.',
  })
  async create(
    @Query() { validateOnly }: CreateRequestParams,
    @Headers(IDEMPOTENCY_KEY) key: string | undefined,
    @Body() body: CreateRequestBody,
    @Call() call: HttpCall,
  ): Promise<RequestRecord> {
    const options = {
      idempotencyKey: idempotencyKeyOf(key),
      validateOnly: validateOnly === 'true' ? true : undefined,
    };
    const { data, integrationId } = await this.requestReferences.request(call, body);
    const request = { ...data, ...withoutAbsent(options) };
    return this.shown(call, await this.commands.ask('requests.create', call, request, [integrationId]));
  }

  @Get()
  @Needs('access:read', { orOwn: true })
  @Operation('listRequests', 'List requests', {
    description: 'Newest first. Members see only their own requests and those that they can or could review.',
    page: RequestRecord,
  })
  async list(@Query() given: RequestsParams, @Call() call: HttpCall): Promise<Page<RequestRecord>> {
    const params = await this.references.filters(call, given);
    const { status, groupId, flowId, approverId, reviewable } = params;
    if (reviewable === 'true' || approverId !== undefined) return this.listReviewable(params, call);
    const { reach, ...filter } = scopeToCaller(call.access, params);
    const query = { ...pageQuery(params), ...withoutAbsent({ status, groupId, flowId, ...filter }) };
    return this.page(call, query, reach);
  }

  @Get(':id')
  @Needs('access:read', { orOwn: true })
  @Operation('getRequest', 'Get a request', {
    description:
      'Members see only requests for themselves, those that they made for other users, and those that they can or could ' +
      'review. If no user can decide the request, `contacts` names administrators to ask. `yourReasons` tells approvers why they can ' +
      'decide it.',
    returns: RequestView,
  })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<RequestView> {
    const request = await this.find(id, call);
    const shown = { ...(await this.shown(call, request)), ...(await this.reasons(call, request)) };
    const reach = contactsReach(apiCaller(call), request);
    if (!reach) return shown;
    const administrators = await this.administrators.of(request.integrationId, reach, call.requestId);
    return { ...shown, contacts: administrators.map(contactView) };
  }

  @Post(':id/approve')
  @Needs('access:review-as', { orOwn: true })
  @Operation('approveRequest', 'Approve a request', {
    description:
      'Creates a review of the open step. When the step has the approvals that it requires, the next one opens; after the ' +
      `last one there is a grant. The current flow is evaluated again. ${REVIEWERS} Users cannot approve their own requests, ` +
      'unless the step has `allowSelf`.',
    returns: RequestRecord,
    conflict:
      `${DECIDED} Or the current flow does not allow the grant: the request then stays pending and can be denied. Or ` +
      'the user already has a live grant for the group, which `existing` identifies.',
  })
  approve(@Id() id: string, @Body() review: ReviewBody, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.decide(id, 'approve', review, call);
  }

  @Post(':id/deny')
  @Needs('access:review-as', { orOwn: true })
  @Operation('denyRequest', 'Deny a request', {
    description: `Creates a review of the open step. One denial denies the request. ${REVIEWERS}`,
    returns: RequestRecord,
    conflict: DECIDED,
  })
  deny(@Id() id: string, @Body() review: ReviewBody, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.decide(id, 'deny', review, call);
  }

  @Post(':id/cancel')
  @Needs('access:write', { orOwn: true })
  @Operation('cancelRequest', 'Cancel a request', {
    description:
      'Cancels a pending request, with the reason `withdrawn`. Members can cancel requests for themselves, and those that ' +
      'they made for other users.',
    returns: RequestRecord,
    conflict: 'Only pending requests can be cancelled.',
  })
  async cancel(@Id() id: string, @Call() call: HttpCall): Promise<RequestRecord> {
    const request = await this.find(id, call);
    if (!canActOn(call.access, request) && !hasMade(call.access, request))
      throw new Refusal('notAllowed', 'Only the user of a request, and the person who made it, can cancel it.');
    const cancelled = await this.commands.ask('requests.cancel', call, { id }, [request.integrationId]);
    return this.shown(call, cancelled);
  }

  /** Requests that can be, or could have been, reviewed by the given approver or the caller. */
  private async listReviewable(params: RequestsParams, call: HttpCall): Promise<Page<RequestRecord>> {
    const { integrationId, userId, groupId, flowId } = params;
    const reviewable = params.reviewable === 'true';
    const status = params.status ?? (reviewable ? 'pending' : undefined);
    if (reviewable && status !== 'pending')
      throw new InvalidFields({ status: 'must be pending: only pending requests can be reviewed' });
    const reviewers = scopeToReviewers(call.caller, call.access, { ...params, reviewable });
    if (!reviewers) return { items: [], nextCursor: null };
    const { reach, approverIds } = reviewers;
    const filters = { integrationId, status, userId, groupId, flowId, approverIds };
    const query = { ...pageQuery(params), ...withoutAbsent(filters) };
    return this.page(call, query, reach);
  }

  private async shown(call: HttpCall, request: RequestReply): Promise<RequestRecord> {
    return requestView(call.access, await this.names.addTo(request));
  }

  /** @returns why the caller's own user can decide the request; nothing for callers without one, and after the decision */
  private async reasons(call: HttpCall, request: RequestReply): Promise<Pick<RequestView, 'yourReasons'>> {
    const { id, integrationId, status } = request;
    const caller = apiCaller(call);
    const userId = caller.kind === 'person' ? caller.users[integrationId] : undefined;
    if (userId === undefined || status !== 'pending') return {};
    const asAdministrator = reviewsAsAdministrator(caller, call.access, integrationId) || undefined;
    const query = { id, userId, ...withoutAbsent({ asAdministrator }) };
    const { reasons } = await this.commands.ask('requests.reasons', call, query, [integrationId]);
    return { yourReasons: reasons };
  }

  private async page(call: HttpCall, query: CommandData<'requests.list'>, reach: Reach): Promise<Page<RequestRecord>> {
    const page = await this.commands.ask('requests.list', call, query, reach);
    const { items, nextCursor } = await this.names.addToPage(page);
    return { items: items.map((request) => requestView(call.access, request)), nextCursor };
  }

  private async decide(
    id: string,
    verdict: 'approve' | 'deny',
    review: ReviewBody,
    call: HttpCall,
  ): Promise<RequestRecord> {
    const { integrationId, userId } = await this.find(id, call);
    await this.refuseOwn(call, integrationId, userId);
    const { reviewerId: named, ...others } = review;
    const reviewerId = await this.requestReferences.reviewer(call, integrationId, named);
    const asAdministrator = reviewsAsAdministrator(call.caller, call.access, integrationId) || undefined;
    const data = { ...others, id, verdict, ...withoutAbsent({ reviewerId, asAdministrator }) };
    return this.shown(call, await this.commands.ask('requests.review', call, data, [integrationId]));
  }

  /**
   * A person who reviews as the user of the request is left to the step, which can allow it.
   * @throws Refusal `notAllowed` when the caller, or the person who created its key, is the user under another account
   */
  private async refuseOwn(call: HttpCall, integrationId: string, userId: string): Promise<void> {
    const caller = apiCaller(call);
    if (caller.kind === 'person' && caller.users[integrationId] === userId) return;
    if (await this.links.isUserOfCaller(caller, integrationId, userId, call.requestId))
      throw new Refusal('notAllowed', 'You cannot review your own request.');
  }

  /** @throws Refusal `missing` also when the request exists and the caller may not see it */
  private find(id: string, call: HttpCall): Promise<RequestReply> {
    const query = { id, ...withoutAbsent({ visibleTo: ownMembers(call.access) }) };
    return this.commands.ask('requests.get', call, query, accessibleIntegrations(call.access));
  }
}
