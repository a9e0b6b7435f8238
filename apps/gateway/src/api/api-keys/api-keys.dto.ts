import { ApiProperty } from '@nestjs/swagger';
import { KEY_STATUSES, type KeyStatus } from '../../auth/api-key.rule.js';
import { SCOPE_NAMES, type Scope } from '../../callers/roles.js';
import { IntegrationRef } from '../common/integration-ref.dto.js';
import { MAKER_KINDS } from '../common/closed-sets.js';
import { ChoicesField, IdsField, MAX_INTEGRATIONS, StringField, TimestampField } from '@tidegate/contracts/dto';
import { OneOf, SomeOf, Text, Timestamp, Uuid, Uuids } from '@tidegate/contracts/dto';

const NULLABLE = { nullable: true } as const;
const OPTIONAL = { optional: true } as const;

/** Requests all scopes. */
export const ALL_SCOPES = 'all';

export class CreateApiKey {
  @StringField({ max: 100, description: 'Purpose of the key.' })
  name: string;
  @ChoicesField([ALL_SCOPES, ...SCOPE_NAMES], {
    description:
      'Scopes of the key. `all` must be the only item; it means all scopes except `access:review-as` and `access:panic`.',
  })
  scopes: (Scope | typeof ALL_SCOPES)[];
  @IdsField({
    min: 1,
    max: MAX_INTEGRATIONS,
    optional: true,
    description: 'Integrations where it applies; all when absent.',
  })
  integrationIds?: string[];
  @TimestampField({
    optional: true,
    nullable: true,
    description:
      'Expiry, at most ten years ahead. Defaults to 90 days, or to the expiry of the creating key if that is sooner. ' +
      'Null: never expires.',
  })
  expiresAt?: string | null;
}

class MakerView {
  @OneOf(MAKER_KINDS) kind: 'person' | 'apiKey';
  @Text('For `person`: issuer of the login provider.', OPTIONAL) issuer?: string;
  @Text('For `person`: subject at that issuer.', OPTIONAL) subject?: string;
  @Text('For `apiKey`; `configured` is the root key in TIDEGATE_API_KEY.', OPTIONAL) keyId?: string;
}

export class ApiKeyView {
  @Uuid() id: string;
  @Text('Purpose of the key.') name: string;
  @Text('Last characters of the key.') hint: string;
  @SomeOf([ALL_SCOPES, ...SCOPE_NAMES], '`all` means all scopes except `access:review-as` and `access:panic`.')
  scopes: string[];
  @Uuids('Null: all integrations.', NULLABLE) integrationIds: string[] | null;
  @ApiProperty({ type: [IntegrationRef], nullable: true, description: 'Those of `integrationIds`. Null: all.' })
  integrations: IntegrationRef[] | null;
  @ApiProperty({
    type: MakerView,
    nullable: true,
    description:
      'Creator of the key. The key stops working within a second once the scopes of its creator no longer cover it. ' +
      'Null: the root key created at first start, which works until it is deleted.',
  })
  maker: MakerView | null;
  @OneOf(
    KEY_STATUSES,
    '`expiring`: expires within 14 days. `suspended`: refused, because its creator was deactivated, lost the scopes of ' +
      'the key, or is a key that has ended. The key works again when that changes or someone takes it over.',
  )
  status: KeyStatus;
  @Timestamp() createdAt: string;
  @Timestamp('Null: never expires.', NULLABLE) expiresAt: string | null;
  @Timestamp(undefined, NULLABLE) lastUsedAt: string | null;
}

export class NewApiKeyView extends ApiKeyView {
  @Text('The key. It is returned only once.') key: string;
}
