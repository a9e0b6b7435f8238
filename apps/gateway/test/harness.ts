import {
  type FlowRecord,
  type GrantRecord,
  type GroupRecord,
  type Member,
  type RequestRecord,
  type RequestStep,
  type UpdatedFlow,
  type UserRecord,
} from '@tidegate/contracts';
import { type Transport } from '@tidegate/messaging';
import { createLogger } from '@tidegate/observability';
import { freshDatabase } from '@tidegate/testing';
import { type InjectOptions, type LightMyRequestResponse } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { type GatewayConfig } from '../src/config/config.js';
import { MANAGER_BOB } from '../src/api/common/example-values.js';
import { FLOW_EXAMPLES } from '../src/api/flows/examples.js';
import { GRANT_EXAMPLES } from '../src/api/grants/examples.js';
import { OpenApi } from '../src/api/openapi/openapi.controller.js';
import { REQUEST_EXAMPLES } from '../src/api/requests/examples.js';
import { createGateway, type Gateway } from '../src/create.js';
import { ApiDocument } from './api-document.js';
import { FakeTransport } from './fake-transport.js';

export const API_KEY = 'hQ5vJ0m2kXr8Tn4LbYw7Zs1Gd6Fc3PaE';

export interface TestGateway extends Gateway {
  transport: FakeTransport;
  /** Created if no key is configured. */
  firstApiKey: string | undefined;
  databaseUrl: string;
  /** Metrics of the gateway, as in GET /metrics. */
  metrics(): Promise<string>;
  /** Log lines. */
  log: string[];
  /** Responses of /api/v1 are compared with the OpenAPI document. */
  request(
    method: string,
    url: string,
    options?: Omit<InjectOptions, 'method' | 'url'>,
  ): Promise<LightMyRequestResponse>;
  /** Calls /api/v1 with the key; `body` is sent as JSON. */
  api(method: string, path: string, body?: object): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/** The document of all gateways, made at the first response. */
let document: ApiDocument | undefined;

/**
 * A gateway with its own database; `transport.handlers` replies to its commands.
 * @param real transport to use instead
 */
export async function openGateway(overrides: Partial<GatewayConfig> = {}, real?: Transport): Promise<TestGateway> {
  const database = await freshDatabase();
  const transport = new FakeTransport();
  const log: string[] = [];
  const logger = createLogger({
    service: 'gateway',
    level: 'debug',
    destination: { write: (line) => void log.push(line) },
  });
  const config = { ...defaults(database.url), ...overrides };
  const gateway = await createGateway(config, real ?? transport.asTransport(), { logger });
  const request: TestGateway['request'] = async (method, url, options = {}) => {
    const answer = await gateway.app.inject({
      method: method as 'GET',
      url,
      ...options,
      headers: { host: 'tidegate.example', ...options.headers },
    });
    if (/^\/api\/v1\/(?!openapi\.json)/.test(url)) {
      document ??= new ApiDocument(gateway.app.get(OpenApi).read());
      const { statusCode: status, headers, body: text } = answer;
      document.check({ method, url, status, contentType: headers['content-type']?.toString(), text });
    }
    return answer;
  };
  return {
    ...gateway,
    transport,
    firstApiKey: await gateway.createFirstApiKey(),
    databaseUrl: database.url,
    log,
    metrics: async () => (await gateway.ops.inject({ method: 'GET', url: '/metrics' })).body,
    request,
    api: (method, path, body) =>
      request(method, `/api/v1${path}`, {
        headers: { authorization: `Bearer ${API_KEY}` },
        ...(body ? { payload: body } : {}),
      }),
    close: async () => {
      await gateway.stop();
      await database.drop();
    },
  };
}

function defaults(databaseUrl: string): GatewayConfig {
  return {
    databaseUrl,
    poolSize: 4,
    apiKey: API_KEY,
    encryptionKey: undefined,
    previousEncryptionKey: undefined,
    publicUrl: undefined,
    allowedDomains: [],
    privateIssuers: true,
    oauthRedirectOrigins: [],
    trustProxy: false,
    metricsToken: undefined,
    logLevel: 'debug',
    scimWriteSeconds: 50,
    scimReadSeconds: 50,
    apiSeconds: 50,
    maxWaitingCalls: 500,
    maxWaitingBytes: 268_435_456,
    responseIdleSeconds: 30,
    maxConnections: 10_000,
    maxConnectionsPerAddress: 1_000,
    provisioningLogDays: 30,
  };
}

export interface TestIntegration {
  id: string;
  token: string;
  tokenId: string;
  /** Calls the SCIM endpoint with the token; objects are sent as JSON, strings unchanged. */
  scim: (
    method: string,
    path: string,
    body?: object | string,
    headers?: Record<string, string>,
  ) => Promise<LightMyRequestResponse>;
}

let integrationCount = 0;

/** Creates an integration with a token. @param more settings to override */
export async function newIntegration(gateway: TestGateway, more: object = {}): Promise<TestIntegration> {
  const settings = {
    type: 'okta-scim',
    name: `integration ${++integrationCount}`,
    domain: 'example.okta.com',
    ...more,
  };
  const { id } = (await gateway.api('POST', '/integrations', settings)).json<{ id: string }>();
  const made = await gateway.api('POST', `/integrations/${id}/tokens`);
  const { id: tokenId, token } = made.json<{ id: string; token: string }>();
  return {
    id,
    token,
    tokenId,
    scim: (method, path, body, headers = {}) =>
      gateway.request(method, `/scim/v2/${id}${path}`, {
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json; charset=utf-8' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
  };
}

const MOMENT = '2026-01-02T03:04:05.000Z';

export function userRecord(overrides: Partial<UserRecord> = {}): UserRecord {
  const attributes = { userName: 'alice.archer@example.com', displayName: 'Alice Archer' };
  const times = { createdAt: MOMENT, lastModifiedAt: MOMENT };
  return { id: uuidv7(), attributes, active: true, version: 1, ...times, groups: [], ...overrides };
}

export function groupRecord(overrides: Partial<GroupRecord> = {}): GroupRecord {
  const times = { createdAt: MOMENT, lastModifiedAt: MOMENT };
  const attributes = { displayName: 'Database admins' };
  return { id: uuidv7(), attributes, version: 1, ...times, members: [], nextMember: null, synced: true, ...overrides };
}

export function flowRecord(overrides: Partial<FlowRecord> = {}): FlowRecord {
  return { ...FLOW_EXAMPLES.FlowRecord, id: uuidv7(), ...overrides };
}

/** A pending request without approvers. */
export function requestRecord(overrides: Partial<RequestRecord> = {}): RequestRecord {
  const pending = { ...REQUEST_EXAMPLES.RequestRecord, status: 'pending' as const, reviews: [], grantId: null };
  const open = { step: 0, steps: [openStep()] };
  return { ...pending, ...open, id: uuidv7(), requestedBy: null, ...overrides };
}

/** An open step that these users can decide. */
export function openStep(...userIds: string[]): RequestStep {
  const [step] = REQUEST_EXAMPLES.RequestRecord.steps;
  const approvers = userIds.map((id) => ({ ...MANAGER_BOB, id }));
  return { ...step!, status: 'open', approvers };
}

/** @returns whether one of the members sees a request, as access-flow decides it; without members in its integration, true */
export function isVisible({ integrationId, userId, requestedBy, steps }: RequestRecord, visibleTo: Member[] = []) {
  const member = visibleTo.find((each) => each.integrationId === integrationId);
  const maker = requestedBy?.kind === 'person' ? requestedBy.userId : undefined;
  const approvers = steps.flatMap((step) => step.approvers.map(({ id }) => id));
  return !member || [userId, maker, ...approvers].includes(member.userId);
}

/** A changed flow. */
export function updatedFlow(overrides: Partial<UpdatedFlow> = {}): UpdatedFlow {
  return { ...FLOW_EXAMPLES.UpdatedFlow, id: uuidv7(), ...overrides };
}

export function grantRecord(overrides: Partial<Omit<GrantRecord, 'grantId'>> = {}): GrantRecord {
  const { id = uuidv7() } = overrides;
  return { ...GRANT_EXAMPLES.GrantRecord, ...overrides, id, grantId: id };
}

/** Calls /api/v1 and expects a 400. @returns the names of the invalid fields */
export async function wrongFields(
  gateway: TestGateway,
  method: string,
  path: string,
  body?: object,
): Promise<string[]> {
  const answer = await gateway.api(method, path, body);
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
  const problem = answer.json<{ errors?: { field: string }[] }>();
  expect(problem).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400 });
  return (problem.errors ?? []).map(({ field }) => field);
}
