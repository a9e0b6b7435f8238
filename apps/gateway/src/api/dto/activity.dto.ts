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
import { ChoiceField, IdField, MomentField, TextField } from './fields.js';
import { PageParams } from './page.query.js';

/** Which entries of the provisioning log. */
export class ActivityParams extends PageParams {
  @ChoiceField(RESULTS, { optional: true })
  result?: Result;
  @ChoiceField(OPERATIONS, { optional: true })
  operation?: Operation;
  @ChoiceField(RESOURCE_TYPES, { optional: true })
  resourceType?: LoggedType;
  @IdField({ optional: true, description: 'The user or group.' })
  targetId?: string;
  @TextField({ max: 1000, optional: true, description: 'The whole userName or displayName, without regard to case.' })
  targetName?: string;
  @TextField({ max: 200, optional: true, description: 'What X-Request-Id said.' })
  requestId?: string;
  @MomentField({ optional: true, description: 'Answered then or later.' })
  from?: string;
  @MomentField({ optional: true, description: 'Answered before.' })
  to?: string;
}

const Text = (description: string): PropertyDecorator => ApiProperty({ type: String, nullable: true, description });

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
    description: 'The user or group, as far as it is known.',
  })
  targetId: string | null;
  @ApiProperty({ enum: RESULTS, description: 'failed: Tidegate could not, and Okta may repeat it.' })
  result: Result;
  @ApiProperty({ description: 'HTTP status of the answer.' })
  status: number;
  @Text('RFC 7644 §3.12.')
  scimType: string | null;
  @Text('Why it was not done.')
  detail: string | null;
  @ApiProperty()
  durationMs: number;
  @ApiProperty()
  requestId: string;
  @ApiProperty({ type: CredentialView })
  credential: CredentialView;
  @Text('The network of the caller: a /24 or a /48.')
  clientNetwork: string | null;
}

export class RefusalView extends EntryView {
  @ApiProperty({ description: 'What to do about it.' })
  advice: string;
}

export class CheckView {
  @ApiProperty({ enum: CHECK_NAMES })
  name: CheckName;
  @ApiProperty({ enum: CHECK_STATES })
  state: CheckState;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When that was last seen.' })
  since: string | null;
  @ApiProperty({ description: 'What there is, and what to do next.' })
  message: string;
}

export class ConnectionView {
  @ApiProperty({ description: 'Whether Okta can provision: nothing that it needs is missing or has failed.' })
  ready: boolean;
  @ApiProperty({ format: 'date-time' })
  checkedAt: string;
  @ApiProperty({ type: [CheckView] })
  checks: CheckView[];
  @ApiProperty({ type: [RefusalView], description: 'The last five, newest first.' })
  refusals: RefusalView[];
}
