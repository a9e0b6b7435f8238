import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from '../callers/access.guard.js';
import { Administrators } from './administrators.service.js';
import { LastAdministrator } from './last-administrator.service.js';
import { ApiKeyAdmin } from './api-key-admin.service.js';
import { ApiKeyExpiry } from './api-key-expiry.worker.js';
import { ApiKeys } from './api-keys.service.js';
import { DeactivationsController } from './deactivations.controller.js';
import { DeactivationSweep } from './deactivations.worker.js';
import { Links } from './links.service.js';
import { KeyGuesses } from './key-guesses.service.js';
import { Principals } from './principals.service.js';
import { RoleAssignments } from './role-assignments.service.js';
import { RoleAssignees } from './role-assignees.service.js';
import { SecretLookups } from '../limits/secret-lookups.limiter.js';
import { Sessions } from './sessions.service.js';
import { IdentityRightsService } from './identity-rights.service.js';

const SERVICES = [
  Administrators,
  ApiKeyAdmin,
  ApiKeys,
  LastAdministrator,
  KeyGuesses,
  Links,
  Principals,
  RoleAssignments,
  RoleAssignees,
  SecretLookups,
  Sessions,
  IdentityRightsService,
];

/** API keys, sessions and roles, and the authorization of callers. */
@Global()
@Module({
  controllers: [DeactivationsController],
  providers: [...SERVICES, ApiKeyExpiry, DeactivationSweep, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: SERVICES,
})
export class AuthModule {}
