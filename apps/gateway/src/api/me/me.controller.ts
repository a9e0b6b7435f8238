import { Delete, Get } from '@nestjs/common';
import { type Page } from '@tidegate/contracts';
import { ForPersons } from '../../callers/access.decorator.js';
import { STEP_UP_SECONDS } from '../../callers/access.rule.js';
import { type Person } from '../../callers/caller.js';
import { type Reach } from '../../callers/roles.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { Sessions } from '../../auth/sessions.service.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { MeView, SessionView } from './me.dto.js';
import { OwnUsers, shownName } from './own-users.service.js';
import { integrationRefs } from '../common/integration-ref.dto.js';
import { apiCaller } from '../common/known-caller.js';

/** The logged-in person and its sessions. */
@Api('me')
export class MeController {
  constructor(
    private readonly sessions: Sessions,
    private readonly ownUsers: OwnUsers,
    private readonly names: IntegrationNames,
  ) {}

  @Get()
  @ForPersons()
  @Operation('getMe', 'Get the logged-in person', {
    description: 'The name and the roles of the person, and the user of the person in each integration.',
    returns: MeView,
  })
  async me(@Call() call: HttpCall): Promise<MeView> {
    const person = personOf(call);
    const { issuer, subject, roles, users, authenticatedAt } = person;
    const ownUsers = await this.names.addToAll(await this.ownUsers.of(person, call));
    const ids = [...new Set([...accessible(roles.member), ...Object.keys(users)])].sort();
    return {
      name: ownUsers.map(shownName).find((name) => name !== null) ?? null,
      issuer,
      subject,
      roles: { member: listed(roles.member), auditor: listed(roles.auditor), admin: listed(roles.admin) },
      users: { ...users },
      ownUsers,
      integrations: integrationRefs(await this.names.of(ids), ids),
      authenticatedAt: new Date(authenticatedAt).toISOString(),
      stepUpUntil: new Date(authenticatedAt + STEP_UP_SECONDS * 1000).toISOString(),
    };
  }

  @Get('sessions')
  @ForPersons()
  @Operation('listSessions', 'List the sessions of the logged-in person', {
    description: 'All sessions are on one page.',
    page: SessionView,
  })
  async list(@Call() call: HttpCall): Promise<Page<SessionView>> {
    const person = personOf(call);
    const items = (await this.sessions.list(person)).map(({ id, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      current: id === person.sessionId,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    }));
    return { items, nextCursor: null };
  }

  @Delete('sessions/:id')
  @ForPersons()
  @Operation('deleteSession', 'End a session of the logged-in person', {
    description: 'The session is refused within a second.',
  })
  async revoke(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    await this.sessions.revoke(personOf(call), id);
  }
}

const accessible = (reach: Reach): readonly string[] => (reach === 'all' ? [] : reach);

const listed = (reach: Reach): string[] | null => (reach === 'all' ? null : [...reach]);

function personOf(call: HttpCall): Person {
  const caller = apiCaller(call);
  if (caller.kind !== 'person') throw new Error('Bug: the caller is not a person.');
  return caller;
}
