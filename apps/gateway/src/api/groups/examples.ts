import { CREATED, GROUP, GROUP_NAME } from '../common/example-values.js';
import { type GroupView } from './group.view.js';

export const GROUP_EXAMPLES = {
  GroupView: {
    id: GROUP,
    displayName: GROUP_NAME,
    externalId: null,
    synced: true,
    version: 1,
    createdAt: CREATED,
    lastModifiedAt: CREATED,
  } satisfies GroupView,
};
