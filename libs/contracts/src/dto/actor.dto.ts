import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ACTOR_KINDS } from '../values.js';
import { OneOf, Text, Uuid } from './properties.js';

const OPTIONAL = { optional: true } as const;

class ActorMakerView {
  @Text() issuer: string;
  @Text() subject: string;
  @Uuid(undefined, OPTIONAL) userId?: string;
  @Text('Name of that user.', OPTIONAL) userName?: string;
}

/** Schema of an `Actor`. The kind determines which members are present. */
export class ActorView {
  @OneOf(ACTOR_KINDS, '`okta` is reserved.') kind: string;
  @Text('For `person`: issuer of the login provider.', OPTIONAL) issuer?: string;
  @Text('For `person`: subject at that issuer.', OPTIONAL) subject?: string;
  @Uuid('For `person`: the user in the integration.', OPTIONAL) userId?: string;
  @Text('For `person`: name of that user. Absent in event streams, and if it could not be looked up.', OPTIONAL)
  userName?: string;
  @Text('For `apiKey`: the key; `configured` is the root key in TIDEGATE_API_KEY.', OPTIONAL) keyId?: string;
  @Text('For `apiKey`: name of the key.', OPTIONAL) name?: string;
  @ApiPropertyOptional({ type: ActorMakerView, description: 'For `apiKey`: the person who created the key.' })
  maker?: ActorMakerView;
  @Uuid('For `scim`: the integration of the credential.', OPTIONAL) integrationId?: string;
  @Text('For `scim`: the credential that was used.', OPTIONAL) credentialId?: string;
  @Text("Reserved: event in Okta's System Log.", OPTIONAL) logEventId?: string;
  @Text('For `system`: name of the job.', OPTIONAL) job?: string;
  @Text('Network of the caller (IPv4 /24 or IPv6 /48).', OPTIONAL) network?: string;
}

/** Documents a property that holds an actor or null. */
export const ActorProperty = (description: string): PropertyDecorator =>
  ApiProperty({ type: ActorView, nullable: true, description });
