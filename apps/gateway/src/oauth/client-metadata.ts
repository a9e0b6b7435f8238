import { type Adapter, type AdapterPayload } from 'oidc-provider';
import { redirectUrisOf } from './oauth-clients.queries.js';
import { type OAuthClients } from './oauth-clients.service.js';
import { oauthFault } from './oauth-fault.js';

const refused = () => Promise.reject(new Error('OAuth clients are created only in /api/v1 (this is a bug)'));

/** The adapter with which `oidc-provider` reads the OAuth client of an integration. It never returns secrets. */
export function clientMetadata(integrationId: string, clients: OAuthClients): Adapter {
  return {
    find: (clientId) => find(integrationId, clients, clientId),
    findByUid: refused,
    findByUserCode: refused,
    upsert: refused,
    consume: refused,
    destroy: refused,
    revokeByGrantId: refused,
  };
}

async function find(
  integrationId: string,
  clients: OAuthClients,
  clientId: string,
): Promise<AdapterPayload | undefined> {
  const client = await clients.find(integrationId, clientId).catch((error: unknown) => {
    throw oauthFault(error);
  });
  if (!client) return undefined;
  const code = client.grantType === 'authorization_code';
  return {
    client_id: client.clientId,
    client_secret: 'stored as a hash',
    application_type: 'web',
    // `oidc-provider` accepts client_secret_post, too.
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: code ? ['authorization_code', 'refresh_token'] : ['client_credentials'],
    response_types: code ? ['code'] : [],
    redirect_uris: redirectUrisOf(client),
  };
}
