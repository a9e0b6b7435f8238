import { EntryEntity } from './activity/entry.entity.js';
import { MilestoneEntity } from './activity/milestone.entity.js';
import { ApiKeyEntity } from './auth/api-key.entity.js';
import { IdentityLinkEntity } from './auth/identity-link.entity.js';
import { RoleAssignmentEntity } from './auth/role-assignment.entity.js';
import { SessionEntity } from './auth/session.entity.js';
import { ScimTokenEntity } from './credentials/scim-token.entity.js';
import { CallCountEntity } from './integrations/call-count.entity.js';
import { IntegrationChangeEntity } from './integrations/integration-change.entity.js';
import { IntegrationIdEntity } from './integrations/integration-id.entity.js';
import { IntegrationEntity } from './integrations/integration.entity.js';
import { LoginProviderIntegrationEntity } from './login/login-provider-integration.entity.js';
import { LoginProviderEntity } from './login/login-provider.entity.js';
import { UsedLoginStateEntity } from './login/used-login-state.entity.js';
import { ClientSecretEntity } from './oauth/client-secret.entity.js';
import { OAuthClientEntity } from './oauth/oauth-client.entity.js';
import { StateEntity } from './oauth/state.entity.js';
import { CreateAttemptEntity } from './scim/create-attempt.entity.js';

/** The entities of the gateway's tables. */
export const ENTITIES = [
  ApiKeyEntity,
  CallCountEntity,
  ClientSecretEntity,
  CreateAttemptEntity,
  EntryEntity,
  IdentityLinkEntity,
  IntegrationChangeEntity,
  IntegrationEntity,
  IntegrationIdEntity,
  LoginProviderEntity,
  LoginProviderIntegrationEntity,
  MilestoneEntity,
  OAuthClientEntity,
  RoleAssignmentEntity,
  ScimTokenEntity,
  SessionEntity,
  StateEntity,
  UsedLoginStateEntity,
];
