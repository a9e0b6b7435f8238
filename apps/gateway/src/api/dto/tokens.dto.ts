import { ApiProperty } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';
import { ActorProperty } from './actor.view.js';
import { TimestampField, StringField, IntegerField } from './fields.js';

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

const Timestamp = (description: string): PropertyDecorator =>
  ApiProperty({ type: String, format: 'date-time', nullable: true, description });

export class TokenView {
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ description: 'Last characters of the token.' })
  hint: string;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ enum: ['active', 'expired'] })
  status: 'active' | 'expired';
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @Timestamp('Null: never expires.')
  expiresAt: string | null;
  @Timestamp('Accurate to the minute.')
  lastUsedAt: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Network of its last use (IPv4 /24 or IPv6 /48).' })
  lastUsedFrom: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The token that replaces it.' })
  successorId: string | null;
  @ActorProperty('The actor that created it.')
  createdBy: Actor | null;
}

export class NewTokenView extends TokenView {
  @ApiProperty({ description: 'The token. It is returned only once.' })
  token: string;
}
