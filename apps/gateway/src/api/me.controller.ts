import { Delete, Get, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { ForPersons } from '../callers/access.decorator.js';
import { STEP_UP_SECONDS } from '../callers/access.rule.js';
import { type Person } from '../callers/caller.js';
import { type Reach } from '../callers/roles.js';
import { Sessions } from '../auth/sessions.service.js';
import { Call, type HttpCall } from '../callers/call.js';
import { Api, Id } from './api.decorator.js';
import { MeView, SessionView } from './dto/people.dto.js';
import { ApiPageResponse } from './dto/views.js';
import { apiCaller } from './known-caller.js';

/** The logged-in person and its sessions. */
@Api('me')
export class MeController {
  constructor(private readonly sessions: Sessions) {}

  @Get()
  @ForPersons()
  @ApiOkResponse({ type: MeView })
  me(@Call() call: HttpCall): MeView {
    const { issuer, subject, roles, users, authenticatedAt } = personOf(call);
    return {
      issuer,
      subject,
      roles: { member: listed(roles.member), auditor: listed(roles.auditor), admin: listed(roles.admin) },
      users: { ...users },
      authenticatedAt: new Date(authenticatedAt).toISOString(),
      stepUpUntil: new Date(authenticatedAt + STEP_UP_SECONDS * 1000).toISOString(),
    };
  }

  @Get('sessions')
  @ForPersons()
  @ApiPageResponse(SessionView)
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
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    await this.sessions.revoke(personOf(call), id);
  }
}

const listed = (reach: Reach): string[] | null => (reach === 'all' ? null : [...reach]);

function personOf(call: HttpCall): Person {
  const caller = apiCaller(call);
  if (caller.kind !== 'person') throw new Error('Bug: the caller is not a person.');
  return caller;
}
