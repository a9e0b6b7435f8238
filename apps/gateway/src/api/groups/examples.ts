import { CREATED, GROUP } from '../common/example-values.js';
import { type GroupView } from './group.view.js';

export const GROUP_EXAMPLES = {
  GroupView: {
    id: GROUP,
    displayName: 'Production database',
    externalId: null,
    synced: true,
    version: 1,
    createdAt: CREATED,
    lastModifiedAt: CREATED,
  } satisfies GroupView,
};
