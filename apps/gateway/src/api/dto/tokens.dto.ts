import { ApiProperty } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';
import { ActorProperty } from './actor.view.js';
import { MomentField, TextField, WholeNumberField } from './fields.js';

export class CreateToken {
  @TextField({ max: 200, optional: true, description: 'What the token is for.' })
  description?: string;

  @MomentField({
    optional: true,
    nullable: true,
    description: 'When it ends, by ten years from now at most; null: never. 365 days from now when absent.',
  })
  expiresAt?: string | null;
}

export class RotateToken extends CreateToken {
  @WholeNumberField({
    min: 0,
    max: 2_592_000,
    optional: true,
    description: 'How long the old token stays good; one day when absent, thirty at most.',
  })
  overlapSeconds?: number;
}

const Moment = (description: string): PropertyDecorator =>
  ApiProperty({ type: String, format: 'date-time', nullable: true, description });

export class TokenView {
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ description: 'The last characters of the token.' })
  hint: string;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ enum: ['active', 'expired'] })
  status: 'active' | 'expired';
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @Moment('Null: it has no end.')
  expiresAt: string | null;
  @Moment('To the minute.')
  lastUsedAt: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The network it was last used from: a /24 or a /48.' })
  lastUsedFrom: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The token that takes its place.' })
  successorId: string | null;
  @ActorProperty('The actor that made it.')
  createdBy: Actor | null;
}

export class NewTokenView extends TokenView {
  @ApiProperty({ description: 'The token itself: shown this once.' })
  token: string;
}
