import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { ApiKeys } from './api-keys.service.js';
import { credentialOf } from './bearer.rule.js';
import { type KeyHolder, type Person } from './caller.js';
import { Principals } from './principals.service.js';

/** Who is calling /api/v1: the holder of a key, or whoever is logged in. */
@Injectable()
export class ApiCallers {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly principals: Principals,
  ) {}

  /**
   * A cookie counts where no credential is given: one that is wrong must not be made good by it.
   * @returns who it is as of a second ago at most, or undefined
   * @throws as `ApiKeys.find` and `Principals.apiCallerOf`
   */
  async of(request: FastifyRequest): Promise<KeyHolder | Person | undefined> {
    const { authorization } = request.headers;
    if (authorization === undefined) return this.principals.apiCallerOf(request);
    const credential = credentialOf(authorization);
    return credential === undefined ? undefined : (await this.apiKeys.find(credential))?.holder;
  }
}
