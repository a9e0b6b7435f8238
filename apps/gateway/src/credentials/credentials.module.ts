import { Global, Module } from '@nestjs/common';
import { Callers } from './callers.service.js';
import { ScimTokens } from './scim-tokens.service.js';
import { TokenExpiry } from './token-expiry.worker.js';
import { Tokens } from './tokens.service.js';

const SERVICES = [Callers, ScimTokens, Tokens];

/** SCIM credentials, and identification of the caller of a call. */
@Global()
@Module({ providers: [...SERVICES, TokenExpiry], exports: SERVICES })
export class CredentialsModule {}
