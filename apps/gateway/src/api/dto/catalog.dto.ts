import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { INTEGRATION_TYPES } from '../../integrations/catalog.js';

export class IntegrationFieldView {
  @ApiProperty({ description: 'Property name in the bodies of /api/v1/integrations.', example: 'domain' })
  name: string;
  @ApiProperty({ example: 'Domain' })
  label: string;
  @ApiProperty({ description: 'Help text to show with the field.' })
  help: string;
  @ApiProperty()
  required: boolean;
  @ApiProperty({ enum: ['text', 'texts', 'choice', 'wholeNumber', 'json'] })
  kind: string;
  @ApiPropertyOptional({ description: 'Maximum length of the string, or of each item.' })
  maxLength?: number;
  @ApiPropertyOptional({ description: 'Maximum number of items.' })
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
  @ApiProperty({ enum: INTEGRATION_TYPES, description: 'Value of `type` when creating an integration.' })
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
  @ApiProperty({ description: 'Default `dialect` of new integrations.' })
  defaultDialect: string;
  @ApiProperty({ description: 'Path of the setup guide in the repository.' })
  guide: string;
  @ApiProperty({ type: [IntegrationFieldView] })
  fields: IntegrationFieldView[];
}
