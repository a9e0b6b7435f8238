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
import { CREDENTIAL_KINDS, SCIM_TYPES } from '../common/closed-sets.js';
import { ChoiceField, IdField, TimestampField, StringField } from '@tidegate/contracts/dto';
import { PageParams } from '../common/page.dto.js';
import { Integer, OneOf, Text, Timestamp, Uuid } from '@tidegate/contracts/dto';

const NULLABLE = { nullable: true } as const;
const RESULT =
  '`refused`: the client must change the call. `failed`: Tidegate could not process it; the client can retry it.';

/** Filters of the provisioning log. */
export class ActivityParams extends PageParams {
  @ChoiceField(RESULTS, { optional: true, description: `Only calls with this result. ${RESULT}` })
  result?: Result;
  @ChoiceField(OPERATIONS, { optional: true, description: 'Only calls of this operation.' })
  operation?: Operation;
  @ChoiceField(RESOURCE_TYPES, { optional: true, description: 'Only calls about users, or about groups.' })
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

class CredentialView {
  @OneOf(CREDENTIAL_KINDS) kind: 'token' | 'oauth';
  @Text('Id of the token, or of the access token of the OAuth client.') id: string;
}

export class EntryView {
  @Uuid() id: string;
  @Timestamp('When the response was sent.') answeredAt: string;
  @OneOf(OPERATIONS) operation: Operation;
  @OneOf(RESOURCE_TYPES, undefined, NULLABLE) resourceType: LoggedType | null;
  @Uuid('The user or group; null when unknown.', NULLABLE) targetId: string | null;
  @OneOf(RESULTS, RESULT) result: Result;
  @Integer('HTTP status of the response.') status: number;
  @OneOf(SCIM_TYPES, 'SCIM error type (RFC 7644 §3.12).', NULLABLE) scimType: string | null;
  @Text('Why the call failed or was refused.', NULLABLE) detail: string | null;
  @ApiProperty({ description: 'Milliseconds from the request to the response.' }) durationMs: number;
  @Text('The request id, as in `X-Request-Id`.') requestId: string;
  @ApiProperty({ type: CredentialView, description: 'The credential of the call.' }) credential: CredentialView;
  @Text('Network of the caller (IPv4 /24 or IPv6 /48).', NULLABLE) clientNetwork: string | null;
}

export class RefusalView extends EntryView {
  @Text('How to resolve it.') advice: string;
}

export class CheckView {
  @OneOf(CHECK_NAMES) name: CheckName;
  @OneOf(CHECK_STATES, '`missing`: not done or not seen yet. `failed`: present, but wrong.') state: CheckState;
  @Timestamp('When this was last observed.', NULLABLE) since: string | null;
  @Text('The current state and the next step.') message: string;
}

export class ConnectionView {
  @ApiProperty({ description: 'Whether the identity provider can provision: no required check is missing or failed.' })
  ready: boolean;
  @Timestamp() checkedAt: string;
  @ApiProperty({ type: [CheckView] }) checks: CheckView[];
  @ApiProperty({ type: [RefusalView], description: 'The last five refused calls, newest first.' })
  refusals: RefusalView[];
}
