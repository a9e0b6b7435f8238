import { ApiProperty } from '@nestjs/swagger';
import { IntegrationRef } from '../common/integration-ref.dto.js';
import { IntegrationName, Text, Timestamp, Uuid, Uuids } from '@tidegate/contracts/dto';
import { MAX_NAMED_USERS, type OwnUser } from './own-users.service.js';

const NULLABLE = { nullable: true } as const;

export class SessionView {
  @Uuid() id: string;
  @ApiProperty({ description: 'Whether this is the session of the call.' }) current: boolean;
  @Timestamp() createdAt: string;
  @Timestamp() lastUsedAt: string;
  @Timestamp() expiresAt: string;
}

class ReachView {
  @Uuids('Null: all integrations.', NULLABLE) member: string[] | null;
  @Uuids('Null: all integrations.', NULLABLE) auditor: string[] | null;
  @Uuids('Null: all integrations.', NULLABLE) admin: string[] | null;
}

class OwnUserView implements OwnUser {
  @Uuid() integrationId: string;
  @IntegrationName() integrationName: string | null;
  @Uuid() userId: string;
  @Text('Name of the user. Null if the directory did not return it in time.', NULLABLE) userName: string | null;
  @Text('Display name of the user.', NULLABLE) userDisplayName: string | null;
}

export class MeView {
  @Text(
    'Display name, or name, of the user of the person in the oldest integration that has one. Null without a user, and ' +
      'if the directory did not return it in time.',
    NULLABLE,
  )
  name: string | null;
  @Text('Issuer of the login provider.') issuer: string;
  @Text('Subject at that issuer.') subject: string;
  @ApiProperty({ type: ReachView, description: 'Integrations where the person has the role or a higher one.' })
  roles: ReachView;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uuid' },
    description: 'User id by integration id.',
  })
  users: Record<string, string>;
  @ApiProperty({
    type: [OwnUserView],
    description:
      `The users of \`users\` with their names, in the order of their integrations, oldest first. Only the first ` +
      `${MAX_NAMED_USERS} are looked up in the directory.`,
  })
  ownUsers: OwnUserView[];
  @ApiProperty({ type: [IntegrationRef], description: 'The integrations in `roles` and `users`.' })
  integrations: IntegrationRef[];
  @Timestamp() authenticatedAt: string;
  @Timestamp('Until then, operations on credentials and rights need no new login.') stepUpUntil: string;
}
