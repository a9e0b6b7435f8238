import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DIALECTS } from '@tidegate/scim';
import { INTEGRATION_TYPES } from '../../integrations/catalog.js';
import { AUTHENTICATIONS, CAPABILITIES, CATEGORIES, FIELD_NAMES, GUIDES, INPUT_KINDS } from '../common/closed-sets.js';
import { Integer, OneOf, SomeOf, Text, Texts } from '@tidegate/contracts/dto';

const OPTIONAL = { optional: true } as const;

export class IntegrationFieldView {
  @OneOf(FIELD_NAMES, 'Property name in the bodies of /api/v1/integrations.') name: string;
  @Text('Label of the input.') label: string;
  @Text('Help text to show with the field.') help: string;
  @ApiProperty({ description: 'Whether a new integration must have it.' }) required: boolean;
  @OneOf(INPUT_KINDS, 'Kind of input.') kind: string;
  @Integer('Maximum length of the string, or of each item.', OPTIONAL) maxLength?: number;
  @Integer('Maximum number of items.', OPTIONAL) maxItems?: number;
  @Integer(undefined, OPTIONAL) minimum?: number;
  @Integer(undefined, OPTIONAL) maximum?: number;
  @Texts('The values to choose from.', OPTIONAL) choices?: readonly string[];
  @ApiPropertyOptional({ oneOf: [{ type: 'string' }, { type: 'integer' }], description: 'An example of a value.' })
  example?: unknown;
}

export class IntegrationTypeView {
  @OneOf(INTEGRATION_TYPES, 'Value of `type` when creating an integration.') type: string;
  @Text() title: string;
  @OneOf(CATEGORIES) category: string;
  @Text() description: string;
  @SomeOf(CAPABILITIES, 'What the identity provider can do.') capabilities: readonly string[];
  @SomeOf(AUTHENTICATIONS, 'How the identity provider can authenticate.') authentication: readonly string[];
  @OneOf(DIALECTS, 'Default `dialect` of new integrations.') defaultDialect: string;
  @OneOf(GUIDES, 'Path of the setup guide in the repository.') guide: string;
  @ApiProperty({ type: [IntegrationFieldView] }) fields: IntegrationFieldView[];
}
