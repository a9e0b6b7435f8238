import { Injectable } from '@nestjs/common';
import { type IfMatch, type UserRecord } from '@tidegate/contracts';
import { entityTag, mayDeactivate, patchSteps, resourceSteps, wantsAttribute } from '@tidegate/scim';
import { parseInSteps } from '../http/read-in-turn.js';
import { searchableName } from '../activity/target.rule.js';
import { type ScimResponse, type ScimPage } from './response.js';
import { Creates } from './creates.service.js';
import { condition, userVersion } from './etag.rule.js';
import { requireId } from './known-id.js';
import { indexOf } from './list-query.rule.js';
import { userLocation, userResource } from './resources.js';
import { type ScimCall } from './scim-call.js';
import { ScimCommands } from './scim-commands.service.js';
import { type Search } from './search.rule.js';

/**
 * Operations on users (RFC 7644 §3), for routes, bulk requests and searches. Bodies are unvalidated; libs/scim parses
 * them. Each method throws ScimError for invalid input, and Refusal as `ScimCommands`.
 */
@Injectable()
export class UserResources {
  constructor(
    private readonly commands: ScimCommands,
    private readonly creates: Creates,
  ) {}

  /** One page of a list (RFC 7644 §3.4.2). */
  async list({ call, query }: Search): Promise<ScimPage> {
    const data = { ...query, withGroups: wantsGroups(call) };
    const { items, ...position } = await this.commands.read('users.list', call, data);
    return { ...position, ...indexOf(query), items: items.map((user) => userResource(user, call)) };
  }

  async get(call: ScimCall, id: string): Promise<ScimResponse> {
    const data = { id: requireId('user', id), withGroups: wantsGroups(call) };
    return response(200, await this.commands.read('users.get', call, data), call);
  }

  async create(call: ScimCall, body: unknown): Promise<ScimResponse> {
    return response(201, await this.creates.createUser(call, await resourceOf(call, body)), call);
  }

  async replace(call: ScimCall, id: string, body: unknown, ifMatch?: IfMatch): Promise<ScimResponse> {
    const attributes = await resourceOf(call, body);
    const data = { id: requireId('user', id), attributes, ...condition(ifMatch) };
    const user = await this.commands.write('users.replace', call, data, { urgent: mayDeactivate('PUT', body) });
    return response(200, user, call);
  }

  async patch(call: ScimCall, id: string, body: unknown, ifMatch?: IfMatch): Promise<ScimResponse> {
    const data = { id: requireId('user', id), operations: await patchOf(call, body), ...condition(ifMatch) };
    const user = await this.commands.write('users.patch', call, data, { urgent: mayDeactivate('PATCH', body) });
    return response(200, user, call);
  }

  async remove(call: ScimCall, id: string, ifMatch?: IfMatch): Promise<ScimResponse> {
    const data = { id: requireId('user', id), ...condition(ifMatch) };
    await this.commands.write('users.delete', call, data, { urgent: true });
    return { status: 204 };
  }
}

const resourceOf = (call: ScimCall, body: unknown) =>
  parseInSteps(call.integrationId, call.bodyLength, resourceSteps(call.types.User, body));

const patchOf = (call: ScimCall, body: unknown) =>
  parseInSteps(call.integrationId, call.bodyLength, patchSteps(body, call.profile.dialect));

const wantsGroups = ({ types, projection }: ScimCall): boolean => wantsAttribute(types.User, 'groups', projection);

function response(status: number, user: UserRecord, call: ScimCall): ScimResponse {
  const location = userLocation(user.id, call);
  const target = { id: user.id, name: searchableName(user.attributes.userName), inactive: !user.active };
  return { status, location, version: entityTag(userVersion(user)), body: userResource(user, call), target };
}
