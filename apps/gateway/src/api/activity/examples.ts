import { TOKEN } from '../common/example-values.js';
import { type ConnectionView, type EntryView } from './activity.dto.js';

const entry: EntryView = {
  id: '01a21639-4e8b-70f6-8fbc-1191cc155493',
  answeredAt: '2026-11-26T04:59:44.139Z',
  operation: 'create',
  resourceType: 'User',
  targetId: null,
  result: 'refused',
  status: 409,
  scimType: 'uniqueness',
  detail: 'Another user has this userName.',
  durationMs: 14.3,
  requestId: '01a21639-4e7d-7742-a5c9-69372cdffdec',
  credential: { kind: 'token', id: TOKEN },
  clientNetwork: '203.0.113.0/24',
};

export const ACTIVITY_EXAMPLES = {
  EntryView: entry,
  ConnectionView: {
    ready: false,
    checkedAt: '2026-11-26T04:59:44.441Z',
    checks: [
      {
        name: 'group_push',
        state: 'missing',
        since: null,
        message: 'No group pushed yet. Choose the groups in Okta under "Push Groups".',
      },
    ],
    refusals: [
      {
        ...entry,
        advice:
          'Another user or group has this name. Find it in Tidegate, rename or remove it, then retry the task in Okta.',
      },
    ],
  } satisfies ConnectionView,
};
