import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { tolerates } from '@tidegate/scim';
import { type FastifyRequest } from 'fastify';
import { type Access, admit, type Need } from '../callers/access.rule.js';
import { ApiKeys } from '../auth/api-keys.service.js';
import { credentialOf, isBare } from '../http/bearer.rule.js';
import { type Caller } from '../callers/caller.js';
import { KeyGuesses } from '../auth/key-guesses.service.js';
import { Principals } from '../auth/principals.service.js';
import { disabled, ScimTokens } from './scim-tokens.service.js';

/** Authenticates requests by SCIM credential, API key or session cookie. */
@Injectable()
export class Callers {
  constructor(
    private readonly scimTokens: ScimTokens,
    private readonly apiKeys: ApiKeys,
    private readonly principals: Principals,
    private readonly guesses: KeyGuesses,
  ) {}

  /**
   * Sets `request.refusedCredential` when it refuses a SCIM credential.
   * @returns the caller, at most a second old; undefined for unauthenticated callers, and on routes that authenticate
   *   their callers themselves
   * @throws Refusal `notAllowed` for a disabled integration, `tooManyRequests` after too many wrong keys; as
   *   `Principals.apiCallerOf` and `SecretLookups.find`
   */
  async identify(request: FastifyRequest): Promise<Caller | undefined> {
    const route = request.routeOptions.url ?? '';
    const { authorization } = request.headers;
    const credential = credentialOf(authorization);
    // A cookie must not replace a wrong credential.
    if (route.startsWith('/api/') && authorization === undefined) return this.principals.apiCallerOf(request);
    if (credential === undefined) return undefined;
    if (route.startsWith('/scim/')) return this.scimClient(request, credential);
    // API keys require the scheme (RFC 6750 §2.1). Only SCIM clients send bare tokens.
    if (!route.startsWith('/api/') || isBare(authorization)) return undefined;
    return this.apiKeyCaller(request, credential);
  }

  /**
   * Authorizes a request again, for streams that outlast the first check.
   * @returns the current access of the caller, at most a second old
   * @throws as `admit` and `identify`
   */
  async accessNow(request: FastifyRequest, need: Need): Promise<Access> {
    const { integrationId } = request.params as { integrationId?: string };
    return admit(await this.identify(request), need, integrationId, Date.now());
  }

  /**
   * Stored keys are looked up even after too many wrong keys: their 256 random bits cannot be guessed, and clients with the
   * same address stay unaffected. The configured key may be guessable.
   * @throws Refusal `tooManyRequests` for any other key after too many wrong keys from the client
   */
  private async apiKeyCaller(request: FastifyRequest, key: string): Promise<Caller | undefined> {
    const hash = this.apiKeys.hash(key);
    const isLimited = this.guesses.isLimited('api', request) && !this.guesses.wasValid(request, hash);
    const presented = await (isLimited ? this.apiKeys.findStored(key) : this.apiKeys.find(key));
    if (presented) this.guesses.addValid(request, presented.hash);
    else if (isLimited)
      throw new Refusal('tooManyRequests', 'Too many wrong API keys from your address. Try again in a minute.');
    else this.guesses.addWrong('api', request, hash);
    return presented?.caller;
  }

  private async scimClient(request: FastifyRequest, credential: string): Promise<Caller | undefined> {
    const { integrationId = '' } = request.params as { integrationId?: string };
    const call = { integrationId, requestId: request.id, from: request.network };
    const token = await this.scimTokens.validate(credential, call);
    if (!token) return undefined;
    const isAllowed = !isBare(request.headers.authorization) || tolerates(token.profile.dialect, 'bareToken');
    const reason = token.ended ?? (isAllowed ? undefined : 'bare');
    if (reason === undefined) return { kind: 'scim', integrationId, ...token };
    request.refusedCredential = { integrationId, credential: token.credential, reason };
    if (reason === 'disabled') throw disabled();
    return undefined;
  }
}
