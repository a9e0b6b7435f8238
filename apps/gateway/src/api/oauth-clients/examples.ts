import { oktaRedirectUris } from '../../config/redirect-uris.rule.js';
import { byDan, CREATED, INTEGRATION, ORIGIN } from '../common/example-values.js';
import {
  type ClientSecretView,
  type CreateOAuthClient,
  type CreateSecret,
  type NewClientSecretView,
  type NewOAuthClientView,
  type OAuthClientView,
  type UpdateOAuthClient,
} from './oauth-clients.dto.js';

const secret: ClientSecretView = {
  id: '01a21640-11aa-7c3d-8f21-0c5d7b9e6a42',
  hint: 'x7Qd',
  createdAt: CREATED,
  createdBy: byDan,
};
const client: OAuthClientView = {
  clientId: '01a21640-0f7e-7b5a-9c12-6d1a8e4f2b90',
  grantType: 'authorization_code',
  appName: 'acme_tidegate_1',
  redirectUris: oktaRedirectUris('acme_tidegate_1'),
  secrets: [secret],
  authorizeUrl: `${ORIGIN}/oauth/${INTEGRATION}/authorize`,
  tokenUrl: `${ORIGIN}/oauth/${INTEGRATION}/token`,
  createdAt: CREATED,
  lastUsedAt: null,
  createdBy: byDan,
  updatedBy: null,
};

export const OAUTH_CLIENT_EXAMPLES = {
  CreateOAuthClient: { appName: 'acme_tidegate_1' } satisfies CreateOAuthClient,
  UpdateOAuthClient: { appName: 'acme_tidegate_1' } satisfies UpdateOAuthClient,
  CreateSecret: {} satisfies CreateSecret,
  OAuthClientView: client,
  NewOAuthClientView: { ...client, clientSecret: '…x7Qd' } satisfies NewOAuthClientView,
  NewClientSecretView: { ...secret, clientSecret: '…x7Qd' } satisfies NewClientSecretView,
};
