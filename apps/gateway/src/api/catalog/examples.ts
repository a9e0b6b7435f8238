import { CATALOG } from '../../integrations/catalog.js';
import { type IntegrationTypeView } from './catalog.dto.js';

const { fields, ...type } = CATALOG['okta-scim'];

export const CATALOG_EXAMPLES = {
  IntegrationTypeView: {
    type: 'okta-scim',
    ...type,
    fields: fields.slice(0, 2).map(({ check: _, ...field }) => field),
  } satisfies IntegrationTypeView,
};
