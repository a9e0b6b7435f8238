import { type NamedActor } from '@tidegate/contracts';
import { ActorProperty } from '@tidegate/contracts/dto';
import { TOKEN_STATUSES } from '../common/closed-sets.js';
import { TimestampField, StringField, IntegerField } from '@tidegate/contracts/dto';
import { OneOf, Text, Timestamp, Uuid } from '@tidegate/contracts/dto';

const NULLABLE = { nullable: true } as const;

export class CreateToken {
  @StringField({ max: 200, optional: true, description: 'Purpose of the token.' })
  description?: string;

  @TimestampField({
    optional: true,
    nullable: true,
    description: 'Expiry, at most ten years ahead. Defaults to 365 days. Null: never expires.',
  })
  expiresAt?: string | null;
}

export class RotateToken extends CreateToken {
  @IntegerField({
    min: 0,
    max: 2_592_000,
    optional: true,
    description: 'Seconds until the old token expires. Defaults to one day; at most 30 days.',
  })
  overlapSeconds?: number;
}

export class TokenView {
  @Uuid() id: string;
  @Text('Last characters of the token.') hint: string;
  @Text('Purpose of the token.', NULLABLE) description: string | null;
  @OneOf(TOKEN_STATUSES) status: 'active' | 'expired';
  @Timestamp() createdAt: string;
  @Timestamp('Null: never expires.', NULLABLE) expiresAt: string | null;
  @Timestamp('Accurate to the minute.', NULLABLE) lastUsedAt: string | null;
  @Text('Network of its last use (IPv4 /24 or IPv6 /48).', NULLABLE) lastUsedFrom: string | null;
  @Uuid('The token that replaces it.', NULLABLE) successorId: string | null;
  @ActorProperty('The actor that created it.') createdBy: NamedActor | null;
}

export class NewTokenView extends TokenView {
  @Text('The token. It is returned only once.') token: string;
}
