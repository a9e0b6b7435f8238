import { Body, Delete, Get, Post } from '@nestjs/common';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { type RoleAssignment } from '../../auth/role-assignments.queries.js';
import { type Recipient, RoleAssignments } from '../../auth/role-assignments.service.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { covers } from '../../callers/roles.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { Api, Id, LAST_ADMINISTRATOR, Operation } from '../common/api.decorator.js';
import { Audit } from '../common/audit.service.js';
import { integrationRefs } from '../common/integration-ref.dto.js';
import { CreateRoleAssignment, RoleAssignmentView } from './role-assignments.dto.js';
import { causeOfCall } from '../common/known-caller.js';
import { type NamesOf, UserNames, type UserOf } from '../common/user-names.service.js';

/** Role assignments. */
@Api('role-assignments')
export class RoleAssignmentsController {
  constructor(
    private readonly assignments: RoleAssignments,
    private readonly audit: Audit,
    private readonly names: IntegrationNames,
    private readonly userNames: UserNames,
  ) {}

  @Post()
  @Needs('roles:write', { stepUp: true })
  @Operation('createRoleAssignment', 'Assign a role', {
    description:
      'Assigns a role to an identity (`issuer` and `subject`) or to a user (`integrationId` and `userId`). Callers can assign ' +
      'roles only for integrations where they have the scope.',
    returns: RoleAssignmentView,
    status: 201,
    conflict: 'The limit of role assignments is reached.',
  })
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
    return (await this.views([created], call))[0]!;
  }

  @Get()
  @Needs('roles:read')
  @Operation('listRoleAssignments', 'List role assignments', {
    description: 'Also those that have ended. All role assignments are on one page.',
    page: RoleAssignmentView,
  })
  async list(@Call() call: HttpCall): Promise<Page<RoleAssignmentView>> {
    return { items: await this.views(await this.assignments.list(call.access.reach), call), nextCursor: null };
  }

  @Delete(':id')
  @Needs('roles:write', { stepUp: true })
  @Operation('deleteRoleAssignment', 'Remove a role', {
    description: 'The person loses the rights of the role within a second, and API keys that they created stop.',
    conflict: LAST_ADMINISTRATOR,
  })
  async remove(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    const { role } = await this.assignments.remove(id, call.access.reach);
    this.audit.note(call, 'Role removed', { assignmentId: id, role });
  }

  /** An assignment can name an integration that the caller cannot access: the directory that ends the role. */
  private async views(assignments: RoleAssignment[], call: HttpCall): Promise<RoleAssignmentView[]> {
    const ids = assignments.flatMap(({ integrationId, integrationIds }) => [integrationId, ...(integrationIds ?? [])]);
    const seen = (id: string | null) => id !== null && covers(call.access.reach, id);
    const names = await this.names.of(ids.filter(seen) as string[]);
    const namesOf = await this.userNames.of(assignments.flatMap(userOf), call);
    return assignments.map((assignment) => view(assignment, names, namesOf));
  }
}

/** @throws InvalidFields unless the body names either an identity or a user */
function recipientOf({ issuer, subject, integrationId, userId }: CreateRoleAssignment): Recipient {
  if (issuer !== undefined && subject !== undefined && userId === undefined) return { issuer, subject, integrationId };
  if (integrationId && userId !== undefined && issuer === undefined && subject === undefined)
    return { integrationId, userId };
  throw new InvalidFields({ subject: 'is required with issuer, unless integrationId and userId are given' });
}

/** @returns the user that the role was assigned to, if it was assigned to one */
const userOf = ({ integrationId, userId }: RoleAssignment): UserOf[] =>
  integrationId !== null && userId !== null ? [{ integrationId, userId }] : [];

function view(assignment: RoleAssignment, names: ReadonlyMap<string, string>, namesOf: NamesOf): RoleAssignmentView {
  const [user] = userOf(assignment);
  const { userName = null, displayName = null } = (user && namesOf(user.integrationId, user.userId)) ?? {};
  return {
    id: assignment.id,
    issuer: assignment.issuer,
    subject: assignment.subject,
    integrationId: assignment.integrationId,
    integrationName: names.get(assignment.integrationId ?? '') ?? null,
    userId: assignment.userId,
    userName,
    userDisplayName: displayName,
    role: assignment.role,
    integrationIds: assignment.integrationIds,
    integrations: assignment.integrationIds && integrationRefs(names, assignment.integrationIds),
    effective: assignment.effective,
    createdAt: assignment.createdAt.toISOString(),
    endedAt: assignment.endedAt?.toISOString() ?? null,
    createdBy: assignment.createdBy,
  };
}
