import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { AdminsLeft } from './admins-left.js';
import { ApiKeyAdmin } from './api-key-admin.service.js';
import { ApiKeyExpiry } from './api-key-expiry.worker.js';
import { ApiKeys } from './api-keys.service.js';
import { Callers } from './callers.service.js';
import { DeparturesController } from './departures.controller.js';
import { MissedDepartures } from './departures.worker.js';
import { Links } from '../login/links.service.js';
import { LoginController } from '../login/login.controller.js';
import { LoginProviders } from '../login/login-providers.service.js';
import { OpenIdLoginController } from '../login/openid-login.controller.js';
import { OpenIdLogin } from '../login/openid-login.service.js';
import { OpenId } from '../login/openid.service.js';
import { KeyGuesses } from './key-guesses.service.js';
import { Principals } from './principals.service.js';
import { RoleAssignments } from './role-assignments.service.js';
import { RoleHolders } from './role-holders.service.js';
import { ScimTokens } from './scim-tokens.service.js';
import { SecretLookups } from './secret-lookups.js';
import { Sessions } from './sessions.service.js';
import { Standings } from './standings.service.js';

const SERVICES = [
  ApiKeyAdmin,
  ApiKeys,
  AdminsLeft,
  Callers,
  KeyGuesses,
  Links,
  LoginProviders,
  OpenId,
  OpenIdLogin,
  Principals,
  RoleAssignments,
  RoleHolders,
  ScimTokens,
  SecretLookups,
  Sessions,
  Standings,
];

/** Who is calling, and what that caller may do, for both doors; and how people come in (`../login`). */
@Global()
@Module({
  controllers: [LoginController, OpenIdLoginController, DeparturesController],
  providers: [...SERVICES, ApiKeyExpiry, MissedDepartures, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: SERVICES,
})
export class AuthModule {}
