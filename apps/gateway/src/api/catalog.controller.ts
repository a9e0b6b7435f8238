import { Get, Param } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { type Page, Refusal } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { INTEGRATION_TYPES, type IntegrationType, integrationType } from '../integrations/catalog.js';
import { Api } from './api.decorator.js';
import { IntegrationTypeView } from './dto/catalog.dto.js';
import { ApiPageResponse } from './dto/views.js';

/** The integration types, with the fields of each. */
@Api('catalog')
export class CatalogController {
  @Get()
  @Needs('integrations:read')
  @ApiPageResponse(IntegrationTypeView)
  list(): Page<IntegrationTypeView> {
    return { items: INTEGRATION_TYPES.map((type) => view(type, integrationType(type)!)), nextCursor: null };
  }

  @Get(':type')
  @Needs('integrations:read')
  @ApiOkResponse({ type: IntegrationTypeView })
  get(@Param('type') type: string): IntegrationTypeView {
    const entry = integrationType(type);
    if (!entry) throw new Refusal('missing', 'No such integration type.');
    return view(type, entry);
  }
}

const view = (type: string, { fields, ...row }: IntegrationType): IntegrationTypeView => ({
  type,
  ...row,
  fields: fields.map(({ check: _, ...field }) => field),
});
