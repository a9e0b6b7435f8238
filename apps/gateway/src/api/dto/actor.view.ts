import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';

const KINDS: readonly Actor['kind'][] = ['person', 'apiKey', 'scim', 'okta', 'system'];

class ActorMakerView {
  @ApiProperty() issuer: string;
  @ApiProperty() subject: string;
  @ApiPropertyOptional({ format: 'uuid' }) userId?: string;
}

/** Documents an `Actor`: which members there are depends on its kind. */
export class ActorView {
  @ApiProperty({ enum: KINDS }) kind: string;
  @ApiPropertyOptional({ description: 'Of a person: its login provider.' }) issuer?: string;
  @ApiPropertyOptional({ description: 'Of a person: its id at that provider.' }) subject?: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'Of a person: its user in the integration.' }) userId?: string;
  @ApiPropertyOptional({ description: 'Of an API key; `configured` is the key of the configuration.' }) keyId?: string;
  @ApiPropertyOptional({ description: 'Of an API key.' }) name?: string;
  @ApiPropertyOptional({ type: ActorMakerView, description: 'Of an API key: the person who made it.' })
  maker?: ActorMakerView;
  @ApiPropertyOptional({ format: 'uuid', description: 'Of a SCIM client.' }) integrationId?: string;
  @ApiPropertyOptional({ description: 'Of a SCIM client: its token.' }) credentialId?: string;
  @ApiPropertyOptional({ description: "Of a change in Okta: the event in Okta's System Log." }) logEventId?: string;
  @ApiPropertyOptional({ description: 'Of Tidegate itself: the job.' }) job?: string;
  @ApiPropertyOptional({ description: 'The network that the call came from: a /24 or a /48.' }) network?: string;
}

/** A member that holds an actor. @param description when it is null */
export const ActorProperty = (description: string): PropertyDecorator =>
  ApiProperty({ type: ActorView, nullable: true, description });
