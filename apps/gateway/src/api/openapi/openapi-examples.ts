import { ACTIVITY_EXAMPLES } from '../activity/examples.js';
import { API_KEY_EXAMPLES } from '../api-keys/examples.js';
import { CATALOG_EXAMPLES } from '../catalog/examples.js';
import { EXPLAIN_EXAMPLES } from '../explain/examples.js';
import { FLOW_EXAMPLES } from '../flows/examples.js';
import { GRANT_EXAMPLES } from '../grants/examples.js';
import { GROUP_EXAMPLES } from '../groups/examples.js';
import { INTEGRATION_EXAMPLES } from '../integrations/examples.js';
import { LOGIN_PROVIDER_EXAMPLES } from '../login-providers/examples.js';
import { ME_EXAMPLES } from '../me/examples.js';
import { OAUTH_CLIENT_EXAMPLES } from '../oauth-clients/examples.js';
import { REQUESTABLE_EXAMPLES } from '../requestable/examples.js';
import { REQUEST_EXAMPLES } from '../requests/examples.js';
import { ROLE_ASSIGNMENT_EXAMPLES } from '../role-assignments/examples.js';
import { TOKEN_EXAMPLES } from '../tokens/examples.js';
import { USER_EXAMPLES } from '../users/examples.js';

/** The examples in the OpenAPI document, by the name of their schema. A test compares each with its schema. */
export const EXAMPLES = {
  ...ACTIVITY_EXAMPLES,
  ...API_KEY_EXAMPLES,
  ...CATALOG_EXAMPLES,
  ...EXPLAIN_EXAMPLES,
  ...FLOW_EXAMPLES,
  ...GRANT_EXAMPLES,
  ...GROUP_EXAMPLES,
  ...INTEGRATION_EXAMPLES,
  ...LOGIN_PROVIDER_EXAMPLES,
  ...ME_EXAMPLES,
  ...OAUTH_CLIENT_EXAMPLES,
  ...REQUESTABLE_EXAMPLES,
  ...REQUEST_EXAMPLES,
  ...ROLE_ASSIGNMENT_EXAMPLES,
  ...TOKEN_EXAMPLES,
  ...USER_EXAMPLES,
};
