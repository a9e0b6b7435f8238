import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { INTEGRATION_TYPES } from '../../integrations/catalog.js';

export class IntegrationFieldView {
  @ApiProperty({ description: 'Its name in the bodies of /api/v1/integrations.', example: 'domain' })
  name: string;
  @ApiProperty({ example: 'Domain' })
  label: string;
  @ApiProperty({ description: 'A sentence for the person who fills the form.' })
  help: string;
  @ApiProperty()
  required: boolean;
  @ApiProperty({ enum: ['text', 'texts', 'choice', 'wholeNumber', 'json'] })
  kind: string;
  @ApiPropertyOptional({ description: 'Characters of a text, or of each of several.' })
  maxLength?: number;
  @ApiPropertyOptional({ description: 'Of several texts.' })
  maxItems?: number;
  @ApiPropertyOptional()
  minimum?: number;
  @ApiPropertyOptional()
  maximum?: number;
  @ApiPropertyOptional({ type: [String] })
  choices?: readonly string[];
  @ApiPropertyOptional({ type: Object })
  example?: unknown;
}

export class IntegrationTypeView {
  @ApiProperty({ enum: INTEGRATION_TYPES, description: 'The type of new integrations.' })
  type: string;
  @ApiProperty({ example: 'Okta Directory (SCIM)' })
  title: string;
  @ApiProperty({ example: 'IdP' })
  category: string;
  @ApiProperty()
  description: string;
  @ApiProperty({ type: [String], example: ['push_users', 'push_groups'] })
  capabilities: readonly string[];
  @ApiProperty({ type: [String], example: ['bearer_token'] })
  authentication: readonly string[];
  @ApiProperty({ description: 'The SCIM dialect of new integrations.' })
  defaultDialect: string;
  @ApiProperty({ description: 'Where its guide is, from the root of the repository.' })
  guide: string;
  @ApiProperty({ type: [IntegrationFieldView] })
  fields: IntegrationFieldView[];
}
