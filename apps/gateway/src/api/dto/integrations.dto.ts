import { ApiProperty, PartialType, PickType } from '@nestjs/swagger';
import { ChoiceField, TextField, TextsField } from './fields.js';

export class CreateIntegration {
  @ChoiceField(['okta-scim'])
  type: 'okta-scim';

  @TextField({
    max: 64,
    description: 'Letters, digits, spaces, hyphens and underscores; unique without regard to case.',
  })
  name: string;

  @TextField({ max: 253, example: 'example.okta.com', description: 'The Okta organization.' })
  domain: string;

  @TextsField({ max: 1000, length: 256, optional: true, description: 'Names of the groups to sync.' })
  groupsToSync?: string[];
}

export class UpdateIntegration extends PartialType(PickType(CreateIntegration, ['name', 'domain', 'groupsToSync']), {
  skipNullProperties: false,
}) {}

export class RemoveIntegrationParams {
  @TextField({ max: 64, optional: true, description: "The integration's name, to confirm." })
  confirm?: string;
}

export class CreateToken {
  @TextField({ max: 200, optional: true, description: 'What the token is for.' })
  description?: string;
}

export class IntegrationView {
  @ApiProperty({ format: 'uuid', description: 'What Okta calls the connection id.' })
  id: string;
  @ApiProperty({ enum: ['okta-scim'] })
  type: string;
  @ApiProperty()
  name: string;
  @ApiProperty()
  domain: string;
  @ApiProperty({ type: [String] })
  groupsToSync: string[];
  @ApiProperty({
    enum: ['initializing', 'active'],
    description: 'Active since the first call of Okta that had a good token.',
  })
  status: string;
  @ApiProperty({ description: 'The base URL to type into Okta.' })
  scimBaseUrl: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class TokenView {
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ description: 'The last characters of the token.' })
  hint: string;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastUsedAt: string | null;
}

export class NewTokenView extends TokenView {
  @ApiProperty({ description: 'The token itself: shown this once.' })
  token: string;
}
