import { Body, Post } from '@nestjs/common';
import { AccessExplanation, type ExplainAccess, Refusal } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { type Access } from '../../callers/access.rule.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { covers } from '../../callers/roles.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Operation } from '../common/api.decorator.js';
import { references } from '../common/references.rule.js';
import { References } from '../common/references.service.js';
import { withoutAbsent } from '../common/without-absent.js';
import { ExplainAccessBody } from './explain.dto.js';

/** Who can request access, and why not. */
@Api('access', 'access-requests')
export class ExplainController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly references: References,
  ) {}

  @Post('explain')
  @Needs('access:read', { orOwn: true })
  @Operation('explainAccess', 'Explain who can request a group', {
    description:
      'Under which flows a user can request a group now, in the order in which requests use them, what prevents it, and who ' +
      'would decide. It changes nothing. Members can ask about themselves only. They see no conditions; of a flow that they ' +
      'cannot see they see only which of their own facts prevent the request, without the name and the approvers of the ' +
      'flow. For them, a group that they cannot see and that no enabled flow offers is unknown.',
    returns: AccessExplanation,
    status: 200,
  })
  async explain(@Body() body: ExplainAccessBody, @Call() call: HttpCall): Promise<AccessExplanation> {
    const { integrationId } = body;
    const found = await this.references.resolve(call, [integrationId], {
      groupId: references('group', body.groupId),
      userId: references('user', body.userId),
    });
    const subject = subjectOf(call.access, integrationId, found.userId[0]?.id);
    const data = { integrationId, groupId: found.groupId[0]!.id, ...withoutAbsent(subject) };
    return this.commands.askOne(integrationId, 'access.explain', call, data);
  }
}

/** @returns whose access is explained. @throws Refusal `notAllowed` when a member names another user */
function subjectOf(
  { reach, own }: Access,
  integrationId: string,
  userId: string | undefined,
): Partial<Pick<ExplainAccess, 'userId' | 'asMember'>> {
  const me = own[integrationId];
  if (covers(reach, integrationId) || me === undefined) return userId === undefined ? {} : { userId };
  if (userId !== undefined && userId !== me)
    throw new Refusal('notAllowed', 'Members can only do this for themselves.');
  return { userId: me, asMember: true };
}
