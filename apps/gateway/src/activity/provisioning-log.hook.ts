import { isId } from '@tidegate/contracts';
import { foldCase } from '@tidegate/scim';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { type BulkNote, type NewEntry, type Noted, type Target } from './entry.js';
import { type Act, actOf, isConnectionTest, isLogged, milestonesOf, resultOf } from './operation.rule.js';
import { DISABLED_DETAIL } from './missed-calls.queries.js';
import { type ProvisioningLog } from './provisioning-log.service.js';
import { RateLimiter } from '../limits/rate.limiter.js';
import { Throttle } from '../limits/throttle.limiter.js';
import { nameInFilter, searchableName, targetOfRequest } from './target.rule.js';
import { type RefusedCredential } from '../callers/caller.js';
import { networkOf } from '../http/network.rule.js';
import { type Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';

const BASE = '/scim/v2/:integrationId';
/** Maximum length of details, some of which quote names. */
const MAX_DETAIL_LENGTH = 300;
const REASONS: Readonly<Record<RefusedCredential['reason'], string>> = {
  expired: 'The token has expired.',
  revoked: 'The token was revoked.',
  disabled: DISABLED_DETAIL,
  bare: 'The Authorization header has the token without the scheme. Send "Bearer" before the token.',
};
/** Refused calls of a credential are logged at most once per interval. */
const REFUSED_EVERY_MS = 60_000;
const MAX_TRACKED_CREDENTIALS = 1_000;
/** Limits for missed calls: one per operation, object and interval, and in total per integration. */
const MAX_TRACKED_OBJECTS = 10_000;
const MAX_MISSED_PER_INTERVAL = 10_000;

type CallOrigin = Pick<NewEntry, 'integrationId' | 'credential'>;
type Outcome = Omit<BulkNote, keyof Act>;

/**
 * Adds SCIM calls to the provisioning log after their response. Unauthenticated calls are not logged here;
 * `http_request_duration_seconds` counts them.
 */
export function addProvisioningLog(fastify: FastifyInstance, log: ProvisioningLog, secrets: Secrets<Purpose>): void {
  const refused = new Throttle(REFUSED_EVERY_MS, MAX_TRACKED_CREDENTIALS);
  const missed = new Throttle(REFUSED_EVERY_MS, MAX_TRACKED_OBJECTS);
  const missedOfIntegration = new RateLimiter(REFUSED_EVERY_MS);
  fastify.decorateRequest('noted', undefined);
  fastify.decorateRequest('refusedCredential', undefined);

  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.caller?.kind === 'scim') enterCall(request, reply, request.caller);
    else if (request.refusedCredential) enterRefused(request, reply, request.refusedCredential);
    done();
  });

  function enterCall(request: FastifyRequest, reply: FastifyReply, origin: CallOrigin): void {
    const act = actOfCall(request);
    const { target, error, operations = [] } = request.noted ?? {};
    const { id } = request.params as { id?: string };
    const outcome = {
      ...outcomeOf(reply),
      error,
      target: target ?? targetOfRequest(act.resourceType, id, request.body),
    };
    const isTest = isConnectionTest(act, request.query as Record<string, unknown>);
    enter(request, origin, act, outcome, isTest);
    for (const operation of operations) enter(request, origin, operation, operation, false);
  }

  function enter(request: FastifyRequest, origin: CallOrigin, act: Act, outcome: Outcome, isTest: boolean): void {
    const result = resultOf(outcome.status);
    log.recordMilestones(
      origin.integrationId,
      milestonesOf(act, result, isTest, outcome.target?.inactive ?? false),
      new Date(),
    );
    if (isLogged(act, result, isTest)) log.add(entryOf(request, origin, act, outcome));
  }

  function enterRefused(request: FastifyRequest, reply: FastifyReply, { reason, ...origin }: RefusedCredential): void {
    const act = actOfCall(request);
    const target = reason === 'disabled' ? missedTarget(request, act) : undefined;
    const isDue = reason === 'disabled' ? isMissedDue(origin, act, target) : refused.isDue(origin.credential.id);
    if (isDue)
      log.add(entryOf(request, origin, act, { ...outcomeOf(reply), error: { detail: REASONS[reason] }, target }));
  }

  function isMissedDue({ integrationId }: CallOrigin, { operation, resourceType }: Act, target?: Target): boolean {
    const name = target?.name === undefined ? '' : nameHash(secrets, target.name).toString('hex');
    return (
      missed.isDue([integrationId, operation, resourceType, target?.id, name].join(' ')) &&
      missedOfIntegration.allow([{ key: integrationId, limit: MAX_MISSED_PER_INTERVAL }], Date.now())
    );
  }

  function entryOf(
    request: FastifyRequest,
    { integrationId, credential }: CallOrigin,
    { operation, resourceType }: Act,
    { status, durationMs, target = {}, error }: Outcome,
  ): NewEntry {
    const name = searchableName(target.name);
    return {
      id: uuidv7(),
      integrationId,
      operation,
      resourceType,
      targetId: isId(target.id) ? target.id : null,
      nameHash: name === undefined ? null : nameHash(secrets, name),
      result: resultOf(status),
      status,
      scimType: error?.scimType ?? null,
      detail: error ? storable(error.detail) : null,
      durationMs: Math.round(durationMs * 10) / 10,
      requestId: request.id,
      credential,
      clientNetwork: networkOf(request.ip),
    };
  }
}

/** @returns the hash to find entries by name, ignoring case */
export function nameHash(secrets: Secrets<Purpose>, name: string): Buffer {
  return secrets.hash('name in a log', foldCase(name));
}

/** Adds details of a call for the provisioning log. */
export function note(request: FastifyRequest, noted: Noted): void {
  request.noted = { ...request.noted, ...noted };
}

/** The body of a refused call is not read, so the object is known from the address only. */
function missedTarget({ params, query }: FastifyRequest, { resourceType }: Act): Target | undefined {
  const { id } = params as { id?: string };
  const name = nameInFilter(resourceType, (query as { filter?: unknown }).filter);
  return id === undefined && name === undefined ? undefined : { id: isId(id) ? id : undefined, name };
}

const actOfCall = ({ method, routeOptions }: FastifyRequest): Act =>
  actOf(method, (routeOptions.url ?? '').slice(BASE.length));

const outcomeOf = ({ statusCode, elapsedTime }: FastifyReply) => ({ status: statusCode, durationMs: elapsedTime });

/** @returns a string that Postgres can store, of limited length */
const storable = (text: string): string => text.slice(0, MAX_DETAIL_LENGTH).replaceAll(/[\0\p{Cs}]/gu, '');
