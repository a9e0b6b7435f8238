import { CREATED, DAN, INTEGRATION, INTEGRATION_REF, ISSUER } from '../common/example-values.js';
import { type ApiKeyView, type CreateApiKey, type NewApiKeyView } from './api-keys.dto.js';

const key: ApiKeyView = {
  id: '01a20a90-57c1-7f0d-9b7e-2f6a4f3a1c88',
  name: 'nightly report',
  hint: 'k3Zq',
  scopes: ['access:read', 'directory:read'],
  integrationIds: [INTEGRATION],
  integrations: [INTEGRATION_REF],
  maker: { kind: 'person', issuer: ISSUER, subject: DAN },
  status: 'active',
  createdAt: CREATED,
  expiresAt: '2027-01-01T00:00:00.000Z',
  lastUsedAt: null,
};

export const API_KEY_EXAMPLES = {
  CreateApiKey: {
    name: key.name,
    scopes: ['access:read', 'directory:read'],
    integrationIds: [INTEGRATION],
    expiresAt: '2027-01-01T00:00:00Z',
  } satisfies CreateApiKey,
  ApiKeyView: key,
  NewApiKeyView: { ...key, key: 'tgk_…k3Zq' } satisfies NewApiKeyView,
};
