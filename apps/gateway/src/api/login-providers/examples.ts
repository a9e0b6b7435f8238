import { byDan, CREATED, INTEGRATION, INTEGRATION_REF, ISSUER, ORIGIN } from '../common/example-values.js';
import { type CreateLoginProvider, type LoginProviderView, type UpdateLoginProvider } from './login-providers.dto.js';

const loginSettings = { clientId: '0oa1tidegate', label: 'Okta', integrationIds: [INTEGRATION] };
const loginProvider: LoginProviderView = {
  id: '01a20a8f-3b77-7a10-a6d5-94e0d3c2b1f7',
  issuer: ISSUER,
  ...loginSettings,
  integrations: [INTEGRATION_REF],
  redirectUri: `${ORIGIN}/login/callback/01a20a8f-3b77-7a10-a6d5-94e0d3c2b1f7`,
  createdAt: CREATED,
  createdBy: byDan,
  updatedBy: null,
};

export const LOGIN_PROVIDER_EXAMPLES = {
  CreateLoginProvider: { issuer: ISSUER, ...loginSettings, clientSecret: '…' } satisfies CreateLoginProvider,
  UpdateLoginProvider: { label: 'Acme' } satisfies UpdateLoginProvider,
  LoginProviderView: loginProvider,
};
