import { ApiProperty } from '@nestjs/swagger';
import {
  OPERATIONS,
  type Operation,
  RESOURCE_TYPES,
  type LoggedType,
  type Result,
  RESULTS,
} from '../../activity/operation.rule.js';
import { CHECK_NAMES, type CheckName, CHECK_STATES, type CheckState } from '../../activity/connection.rule.js';
import { ChoiceField, IdField, TimestampField, StringField } from './fields.js';
import { PageParams } from './page.query.js';

/** Filters of the provisioning log. */
export class ActivityParams extends PageParams {
  @ChoiceField(RESULTS, { optional: true })
  result?: Result;
  @ChoiceField(OPERATIONS, { optional: true })
  operation?: Operation;
  @ChoiceField(RESOURCE_TYPES, { optional: true })
  resourceType?: LoggedType;
  @IdField({ optional: true, description: 'Id of the user or group.' })
  targetId?: string;
  @StringField({ max: 1000, optional: true, description: 'The full userName or displayName; case-insensitive.' })
  targetName?: string;
  @StringField({ max: 200, optional: true, description: 'The request id, as in `X-Request-Id`.' })
  requestId?: string;
  @TimestampField({ optional: true, description: 'Only entries at or after this time.' })
  from?: string;
  @TimestampField({ optional: true, description: 'Only entries before this time.' })
  to?: string;
}

const NullableString = (description: string): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, description });

class CredentialView {
  @ApiProperty({ enum: ['token', 'oauth'] })
  kind: 'token' | 'oauth';
  @ApiProperty()
  id: string;
}

export class EntryView {
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ format: 'date-time' })
  answeredAt: string;
  @ApiProperty({ enum: OPERATIONS })
  operation: Operation;
  @ApiProperty({ type: String, enum: RESOURCE_TYPES, nullable: true })
  resourceType: LoggedType | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The user or group; null when unknown.',
  })
  targetId: string | null;
  @ApiProperty({
    enum: RESULTS,
    description: '`failed`: Tidegate could not process the call; the client can retry it.',
  })
  result: Result;
  @ApiProperty({ description: 'HTTP status of the response.' })
  status: number;
  @NullableString('SCIM error type (RFC 7644 §3.12).')
  scimType: string | null;
  @NullableString('Why the call failed or was refused.')
  detail: string | null;
  @ApiProperty()
  durationMs: number;
  @ApiProperty()
  requestId: string;
  @ApiProperty({ type: CredentialView })
  credential: CredentialView;
  @NullableString('Network of the caller (IPv4 /24 or IPv6 /48).')
  clientNetwork: string | null;
}

export class RefusalView extends EntryView {
  @ApiProperty({ description: 'How to resolve it.' })
  advice: string;
}

export class CheckView {
  @ApiProperty({ enum: CHECK_NAMES })
  name: CheckName;
  @ApiProperty({ enum: CHECK_STATES })
  state: CheckState;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When this was last observed.' })
  since: string | null;
  @ApiProperty({ description: 'The current state and the next step.' })
  message: string;
}

export class ConnectionView {
  @ApiProperty({ description: 'Whether Okta can provision: no required check is missing or failed.' })
  ready: boolean;
  @ApiProperty({ format: 'date-time' })
  checkedAt: string;
  @ApiProperty({ type: [CheckView] })
  checks: CheckView[];
  @ApiProperty({ type: [RefusalView], description: 'The last five refused calls, newest first.' })
  refusals: RefusalView[];
}
