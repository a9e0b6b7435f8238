import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { type RoleAssignment } from '../auth/role-assignments.queries.js';
import { type Recipient, RoleAssignments } from '../auth/role-assignments.service.js';
import { Call, type HttpCall } from '../callers/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { Api, Id } from './api.decorator.js';
import { Audit } from './audit.js';
import { CreateRoleAssignment, RoleAssignmentView } from './dto/people.dto.js';
import { causeOfCall } from './known-caller.js';
import { ApiPageResponse } from './dto/views.js';

/** Role assignments. */
@Api('role-assignments')
export class RoleAssignmentsController {
  constructor(
    private readonly assignments: RoleAssignments,
    private readonly audit: Audit,
  ) {}

  @Post()
  @Needs('roles:write', { stepUp: true })
  @ApiCreatedResponse({ type: RoleAssignmentView })
  async create(@Body() body: CreateRoleAssignment, @Call() call: HttpCall): Promise<RoleAssignmentView> {
    const { role, integrationIds = null } = body;
    const { reach } = call.access;
    const created = await this.assignments.create(
      recipientOf(body),
      { role, integrationIds },
      reach,
      causeOfCall(call),
    );
    const { id: assignmentId, issuer, subject, integrationId, userId } = created;
    const pinned = { issuer, subject, integrationId, userId };
    this.audit.note(call, 'Role assigned', { assignmentId, ...pinned, role, integrationIds });
    return view(created);
  }

  @Get()
  @Needs('roles:read')
  @ApiPageResponse(RoleAssignmentView)
  async list(@Call() { access }: HttpCall): Promise<Page<RoleAssignmentView>> {
    return { items: (await this.assignments.list(access.reach)).map(view), nextCursor: null };
  }

  @Delete(':id')
  @Needs('roles:write', { stepUp: true })
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    const { role } = await this.assignments.remove(id, call.access.reach);
    this.audit.note(call, 'Role removed', { assignmentId: id, role });
  }
}

/** @throws InvalidFields unless the body names either an identity or a user */
function recipientOf({ issuer, subject, integrationId, userId }: CreateRoleAssignment): Recipient {
  if (issuer !== undefined && subject !== undefined && userId === undefined) return { issuer, subject, integrationId };
  if (integrationId && userId !== undefined && issuer === undefined && subject === undefined)
    return { integrationId, userId };
  throw new InvalidFields({ subject: 'is required with issuer, unless integrationId and userId are given' });
}

const view = ({ createdAt, endedAt, ...assignment }: RoleAssignment): RoleAssignmentView => ({
  ...assignment,
  createdAt: createdAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});
