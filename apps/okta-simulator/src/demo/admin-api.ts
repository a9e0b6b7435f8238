import {
  type EffectiveMembership,
  type FlowRecord,
  type FlowSettings,
  type GrantRecord,
  type Page,
  type RequestRecord,
} from '@tidegate/contracts';

/** What `/api/v1/integrations` answers, as far as the story reads it. */
export interface IntegrationView {
  id: string;
  status: string;
}

export interface AccessQuestion {
  flowId: string;
  userId: string;
  groupId: string;
  durationSeconds: number;
  justification: string;
}

/** An answer other than 2xx. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(`${status}: ${detail}`);
    this.name = 'ApiFailure';
  }
}

/** The part of `/api/v1` that the story needs. Every method throws ApiFailure when the answer is not 2xx. */
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

  /** @returns the new SCIM token, which is shown this once */
  createToken(integrationId: string): Promise<{ token: string }> {
    return this.#call('POST', `/integrations/${integrationId}/tokens`, {});
  }

  /** Who is in the group in effect: pushed by Okta, or by a live grant. */
  members(integrationId: string, groupId: string): Promise<EffectiveMembership[]> {
    return this.#everything(`/integrations/${integrationId}/groups/${groupId}/members`);
  }

  createFlow(settings: FlowSettings & { integrationId: string }): Promise<FlowRecord> {
    return this.#call('POST', '/access-flows', { ...settings });
  }

  ask(question: AccessQuestion): Promise<RequestRecord> {
    return this.#call('POST', '/access-requests', { ...question });
  }

  /** Approves in the name of a user, which needs a key that says so. */
  async approve(requestId: string, reviewerId: string): Promise<RequestRecord> {
    this.#reviewKey ??= this.#call<{ key: string }>('POST', '/api-keys', {
      name: 'demo: reviews in the name of users',
      scopes: ['access:review-as'],
    }).then(({ key }) => key);
    return this.#call('POST', `/access-requests/${requestId}/approve`, { reviewerId }, await this.#reviewKey);
  }

  /** All grants the user ever had. */
  grants(userId: string): Promise<GrantRecord[]> {
    return this.#everything(`/grants?userId=${userId}`);
  }

  async #everything<T>(path: string): Promise<T[]> {
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
