import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { tolerates } from '@tidegate/scim';
import { type FastifyRequest } from 'fastify';
import { type Access, admit, type Need } from './access.rule.js';
import { ApiKeys } from './api-keys.service.js';
import { credentialOf, isBare } from './bearer.rule.js';
import { type Caller } from './caller.js';
import { KeyGuesses } from './key-guesses.service.js';
import { Principals } from './principals.service.js';
import { disabled, ScimTokens } from './scim-tokens.service.js';

/** Tells who is behind a request, whatever that caller shows: a SCIM credential, an API key, or the cookie of a session. */
@Injectable()
export class Callers {
  constructor(
    private readonly scimTokens: ScimTokens,
    private readonly apiKeys: ApiKeys,
    private readonly principals: Principals,
    private readonly guesses: KeyGuesses,
  ) {}

  /**
   * @returns the caller as of a second ago at most; undefined for strangers, and for routes that know their callers
   * themselves. Why a SCIM credential is refused is left in `request.refusedCredential`
   * @throws Refusal `notAllowed` for a disabled integration, `tooManyRequests` after too many wrong keys; as
   * `Principals.apiCallerOf` and `SecretLookups.find`
   */
  async identify(request: FastifyRequest): Promise<Caller | undefined> {
    const route = request.routeOptions.url ?? '';
    const { authorization } = request.headers;
    const credential = credentialOf(authorization);
    // A cookie counts where no credential is given: one that is wrong must not be made good by it.
    if (route.startsWith('/api/') && authorization === undefined) return this.principals.apiCallerOf(request);
    if (credential === undefined) return undefined;
    if (route.startsWith('/scim/')) return this.scimClient(request, credential);
    // A key needs its scheme (RFC 6750 §2.1): bare tokens are a quirk of SCIM clients.
    if (!route.startsWith('/api/') || isBare(authorization)) return undefined;
    return this.keyHolder(request, credential);
  }

  /**
   * Asks anew, for an answer that goes on while rights may end.
   * @returns what the caller of the request may touch as of a second ago at most
   * @throws as `admit` when it may not come in any more, and as `identify` when nobody can tell
   */
  async accessNow(request: FastifyRequest, need: Need): Promise<Access> {
    const { integrationId } = request.params as { integrationId?: string };
    return admit(await this.identify(request), need, integrationId, Date.now());
  }

  /**
   * A key that Tidegate made is looked up even after too many wrong ones: 256 random bits cannot be guessed, so the answer
   * helps nobody, and a program that comes to a new address is not stopped by its neighbours. The configured key was chosen
   * by a person.
   * @throws Refusal `tooManyRequests` for any other key when too many wrong ones came from there
   */
  private async keyHolder(request: FastifyRequest, key: string): Promise<Caller | undefined> {
    const hash = this.apiKeys.hash(key);
    const isClosed = this.guesses.isClosed('api', request) && !this.guesses.isKnown(request, hash);
    const found = await (isClosed ? this.apiKeys.findStored(key) : this.apiKeys.find(key));
    if (found) this.guesses.addGood(request, found.hash);
    else if (isClosed)
      throw new Refusal('tooManyRequests', 'Too many wrong API keys came from your address. Try again in a minute.');
    else this.guesses.addWrong('api', request, hash);
    return found?.holder;
  }

  private async scimClient(request: FastifyRequest, credential: string): Promise<Caller | undefined> {
    const { integrationId = '' } = request.params as { integrationId?: string };
    const presented = { integrationId, requestId: request.id, from: request.network };
    const token = await this.scimTokens.recognize(credential, presented);
    if (!token) return undefined;
    const isTaken = !isBare(request.headers.authorization) || tolerates(token.profile.dialect, 'bareToken');
    const reason = token.ended ?? (isTaken ? undefined : 'bare');
    if (reason === undefined) return { kind: 'scim', integrationId, ...token };
    request.refusedCredential = { integrationId, credential: token.credential, reason };
    if (reason === 'disabled') throw disabled();
    return undefined;
  }
}
