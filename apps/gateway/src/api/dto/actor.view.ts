import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';

const KINDS: readonly Actor['kind'][] = ['person', 'apiKey', 'scim', 'okta', 'system'];

class ActorMakerView {
  @ApiProperty() issuer: string;
  @ApiProperty() subject: string;
  @ApiPropertyOptional({ format: 'uuid' }) userId?: string;
}

/** Schema of an `Actor`. The kind determines which members are present. */
export class ActorView {
  @ApiProperty({ enum: KINDS, description: '`okta` is reserved.' }) kind: string;
  @ApiPropertyOptional({ description: 'For `person`: issuer of the login provider.' }) issuer?: string;
  @ApiPropertyOptional({ description: 'For `person`: subject at that issuer.' }) subject?: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'For `person`: the user in the integration.' }) userId?: string;
  @ApiPropertyOptional({ description: 'For `apiKey`: the key; `configured` is the root key in TIDEGATE_API_KEY.' })
  keyId?: string;
  @ApiPropertyOptional({ description: 'For `apiKey`: name of the key.' }) name?: string;
  @ApiPropertyOptional({ type: ActorMakerView, description: 'For `apiKey`: the person who created the key.' })
  maker?: ActorMakerView;
  @ApiPropertyOptional({ format: 'uuid', description: 'For `scim`.' }) integrationId?: string;
  @ApiPropertyOptional({ description: 'For `scim`: the credential that was used.' }) credentialId?: string;
  @ApiPropertyOptional({ description: "Reserved: event in Okta's System Log." })
  logEventId?: string;
  @ApiPropertyOptional({ description: 'For `system`: name of the job.' }) job?: string;
  @ApiPropertyOptional({ description: 'Network of the caller (IPv4 /24 or IPv6 /48).' }) network?: string;
}

/** Documents a property that holds an actor or null. */
export const ActorProperty = (description: string): PropertyDecorator =>
  ApiProperty({ type: ActorView, nullable: true, description });
