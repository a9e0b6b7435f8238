import { ApiProperty } from '@nestjs/swagger';
import { Text, Timestamp, Uuid, Uuids } from '@tidegate/contracts/dto';

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

export class MeView {
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
  @Timestamp() authenticatedAt: string;
  @Timestamp('Until then, operations on credentials and rights need no new login.') stepUpUntil: string;
}
