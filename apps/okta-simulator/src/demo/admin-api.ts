import {
  type EffectiveMembership,
  type FlowRecord,
  type FlowSettings,
  type GrantRecord,
  type Page,
  type RequestRecord,
} from '@tidegate/contracts';

/** The fields of `/api/v1/integrations` that the demo uses. */
export interface IntegrationView {
  id: string;
  status: string;
}

export interface NewAccessRequest {
  flowId: string;
  userId: string;
  groupId: string;
  durationSeconds: number;
  justification: string;
}

/** A response other than 2xx. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(`${status}: ${detail}`);
    this.name = 'ApiFailure';
  }
}

/** Client for the part of `/api/v1` that the demo uses. All methods throw ApiFailure unless the response is 2xx. */
export class AdminApi {
  #reviewKey: Promise<string> | undefined;

  /** @param baseUrl of the gateway, without a trailing slash */
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  createIntegration(name: string, domain: string): Promise<IntegrationView> {
    return this.#call('POST', '/integrations', { type: 'okta-scim', name, domain });
  }

  integration(id: string): Promise<IntegrationView> {
    return this.#call('GET', `/integrations/${id}`);
  }

  /** @returns the new SCIM token, which the API returns only once */
  createToken(integrationId: string): Promise<{ token: string }> {
    return this.#call('POST', `/integrations/${integrationId}/tokens`, {});
  }

  /** @returns the effective members of a group: pushed by Okta or by a grant */
  members(integrationId: string, groupId: string): Promise<EffectiveMembership[]> {
    return this.#listAll(`/integrations/${integrationId}/groups/${groupId}/members`);
  }

  createFlow(settings: FlowSettings & { integrationId: string }): Promise<FlowRecord> {
    return this.#call('POST', '/access-flows', { ...settings });
  }

  createRequest(request: NewAccessRequest): Promise<RequestRecord> {
    return this.#call('POST', '/access-requests', { ...request });
  }

  /** Approves as the given user, with an API key that has the scope `access:review-as`. */
  async approve(requestId: string, reviewerId: string): Promise<RequestRecord> {
    this.#reviewKey ??= this.#call<{ key: string }>('POST', '/api-keys', {
      name: 'demo: reviews as users',
      scopes: ['access:review-as'],
    }).then(({ key }) => key);
    return this.#call('POST', `/access-requests/${requestId}/approve`, { reviewerId }, await this.#reviewKey);
  }

  /** @returns all grants of a user, ended ones included */
  grants(userId: string): Promise<GrantRecord[]> {
    return this.#listAll(`/grants?userId=${userId}`);
  }

  async #listAll<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: '200', ...(cursor !== null && { cursor }) }).toString();
      const page: Page<T> = await this.#call('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  }

  async #call<T>(method: string, path: string, body?: Record<string, unknown>, key = this.apiKey): Promise<T> {
    const response = await fetch(`${this.baseUrl}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        Accept: 'application/json',
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiFailure(response.status, `${method} /api/v1${path}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }
}
