import { Get, Param } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { type Page, Refusal } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import {
  INTEGRATION_TYPES,
  type IntegrationField,
  type IntegrationType,
  integrationType,
} from '../../integrations/catalog.js';
import { Api, Operation } from '../common/api.decorator.js';
import { withoutAbsent } from '../common/without-absent.js';
import { type IntegrationFieldView, IntegrationTypeView } from './catalog.dto.js';

/** The integration types, with the fields of each. */
@Api('catalog')
export class CatalogController {
  @Get()
  @Needs('integrations:read')
  @Operation('listIntegrationTypes', 'List the integration types', {
    description: 'The types of integrations, with the fields of the form for each. All types are on one page.',
    page: IntegrationTypeView,
  })
  list(): Page<IntegrationTypeView> {
    return { items: INTEGRATION_TYPES.map((type) => view(type, integrationType(type)!)), nextCursor: null };
  }

  @Get(':type')
  @Needs('integrations:read')
  @Operation('getIntegrationType', 'Get an integration type', {
    description: 'One type of integrations, with the fields of its form.',
    returns: IntegrationTypeView,
  })
  @ApiParam({ name: 'type', description: 'The type of integrations.', enum: INTEGRATION_TYPES })
  get(@Param('type') type: string): IntegrationTypeView {
    const entry = integrationType(type);
    if (!entry) throw new Refusal('missing', 'No such integration type.');
    return view(type, entry);
  }
}

const view = (type: string, entry: IntegrationType): IntegrationTypeView => ({
  type,
  title: entry.title,
  category: entry.category,
  description: entry.description,
  capabilities: entry.capabilities,
  authentication: entry.authentication,
  defaultDialect: entry.defaultDialect,
  guide: entry.guide,
  fields: entry.fields.map(fieldView),
});

const fieldView = (field: IntegrationField): IntegrationFieldView => ({
  name: field.name,
  label: field.label,
  help: field.help,
  required: field.required,
  kind: field.kind,
  ...withoutAbsent({
    maxLength: field.maxLength,
    maxItems: field.maxItems,
    minimum: field.minimum,
    maximum: field.maximum,
    choices: field.choices,
    example: field.example,
  }),
});
