import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse } from '@nestjs/swagger';
import { type Page, Refusal } from '@tidegate/contracts';
import { Needs } from '../auth/access.decorator.js';
import { type RoleAssignment } from '../auth/role-assignments.queries.js';
import { RoleAssignments } from '../auth/role-assignments.service.js';
import { covers } from '../auth/roles.js';
import { Call, type HttpCall } from '../http/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import { Audit } from './audit.js';
import { CreateRoleAssignment, RoleAssignmentView } from './dto/people.dto.js';
import { ApiPageResponse } from './dto/views.js';

/** Who administers, who may look, and who is let in without being a user. */
@Api('role-assignments')
export class RoleAssignmentsController {
  constructor(
    private readonly assignments: RoleAssignments,
    private readonly commands: ApiCommands,
    private readonly audit: Audit,
  ) {}

  @Post()
  @Needs('roles:write', { stepUp: true })
  @ApiCreatedResponse({ type: RoleAssignmentView })
  async create(@Body() body: CreateRoleAssignment, @Call() call: HttpCall): Promise<RoleAssignmentView> {
    const whom = { ...NOBODY, ...(await this.whom(body, call)) };
    const { role, integrationIds = null } = body;
    const made = await this.assignments.create({ ...whom, role, integrationIds }, call.access.reach);
    this.audit.note(call, 'A role was given', { assignmentId: made.id, role, integrationIds });
    return view(made);
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
    this.audit.note(call, 'A role was taken away', { assignmentId: id, role });
  }

  /** @throws InvalidFields unless it is an identity or a user that there is */
  private async whom(body: CreateRoleAssignment, call: HttpCall): Promise<Partial<typeof NOBODY>> {
    const { issuer, subject, integrationId, userId } = body;
    if (issuer !== undefined && subject !== undefined && integrationId === undefined && userId === undefined)
      return { issuer, subject };
    if (integrationId === undefined || userId === undefined || issuer !== undefined || subject !== undefined)
      throw new InvalidFields({ subject: 'must stand with issuer, or integrationId and userId instead of both' });
    if (!covers(call.access.reach, integrationId))
      throw new InvalidFields({ integrationId: 'must be the id of an integration' });
    try {
      await this.commands.askOne(integrationId, 'users.get', call, { id: userId });
    } catch (error) {
      if (Refusal.from(error)?.status === 404) throw new InvalidFields({ userId: 'must be a user of the integration' });
      throw error;
    }
    return { integrationId, userId };
  }
}

const NOBODY: Pick<RoleAssignment, 'issuer' | 'subject' | 'integrationId' | 'userId'> = {
  issuer: null,
  subject: null,
  integrationId: null,
  userId: null,
};

const view = ({ createdAt, ...assignment }: RoleAssignment): RoleAssignmentView => ({
  ...assignment,
  createdAt: createdAt.toISOString(),
});
