import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from '../callers/access.guard.js';
import { LastAdminGuard } from './last-admin-guard.js';
import { ApiKeyAdmin } from './api-key-admin.service.js';
import { ApiKeyExpiry } from './api-key-expiry.worker.js';
import { ApiKeys } from './api-keys.service.js';
import { Callers } from '../credentials/callers.service.js';
import { DeactivationsController } from './deactivations.controller.js';
import { DeactivationSweep } from './deactivations.worker.js';
import { Links } from './links.service.js';
import { LoginController } from '../login/login.controller.js';
import { LoginProviders } from '../login/login-providers.service.js';
import { OpenIdLoginController } from '../login/openid-login.controller.js';
import { OpenIdLogin } from '../login/openid-login.service.js';
import { OpenId } from '../login/openid.service.js';
import { KeyGuesses } from './key-guesses.service.js';
import { Principals } from './principals.service.js';
import { RoleAssignments } from './role-assignments.service.js';
import { RoleAssignees } from './role-assignees.service.js';
import { ScimTokens } from '../credentials/scim-tokens.service.js';
import { SecretLookups } from '../limits/secret-lookups.js';
import { Sessions } from './sessions.service.js';
import { IdentityRightsService } from './identity-rights.service.js';

const SERVICES = [
  ApiKeyAdmin,
  ApiKeys,
  LastAdminGuard,
  Callers,
  KeyGuesses,
  Links,
  LoginProviders,
  OpenId,
  OpenIdLogin,
  Principals,
  RoleAssignments,
  RoleAssignees,
  ScimTokens,
  SecretLookups,
  Sessions,
  IdentityRightsService,
];

/** Authentication and authorization of callers, and login (`../login`). */
@Global()
@Module({
  controllers: [LoginController, OpenIdLoginController, DeactivationsController],
  providers: [...SERVICES, ApiKeyExpiry, DeactivationSweep, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: SERVICES,
})
export class AuthModule {}
