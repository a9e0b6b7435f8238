import { type INestApplication, type Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { COMPONENT_SCHEMAS, VARIANT_CLASSES } from '@tidegate/contracts/dto';
import { completeDocument } from './openapi-operations.js';

/** The groups of operations. */
const TAGS: Readonly<Record<string, string>> = {
  catalog: 'The types of integrations, with the fields of each.',
  integrations: 'Connections to identity providers: Okta organizations, Entra ID directories and others.',
  tokens: 'Tokens with which an identity provider authenticates over SCIM.',
  'oauth-client': 'The OAuth client with which an identity provider obtains tokens for SCIM.',
  activity: 'The provisioning log, and the checks of the connection.',
  directory: 'Users and groups that an identity provider pushed, and effective memberships.',
  'access-flows': 'The rules under which users request membership of groups.',
  'access-requests': 'Requests of users for membership of a group, and their reviews.',
  grants: 'Memberships for a limited time, created by approved requests.',
  'api-keys': 'Credentials of programs that use this API.',
  'role-assignments': 'The roles of people: member, auditor, admin.',
  'login-providers': 'OpenID Connect providers with which people log in.',
  me: 'The logged-in person, and the sessions of that person.',
};

const DESCRIPTION = `Manages integrations, their directories, access requests and grants.

Lists are pages: pass \`nextCursor\` as \`cursor\` to get the next one. Times are UTC, durations are seconds, ids are UUIDs.
Fields whose description says "id or" or "ids or" also take names: a UUID is an id, every other value is a name, compared without
regard to case.
Errors are problem details (RFC 9457). After a 503 the outcome of a write is unknown: check before you repeat it.`;

const SESSION = `Session of a logged-in person. Requests that change data must come from a page of Tidegate, with a header
\`X-Tidegate-CSRF\` of any value.`;

/** @returns the OpenAPI 3.1 document of the controllers of the module `api`, /api/v1, as JSON */
export function describeApi(app: INestApplication, api: Type): string {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tidegate')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This installation.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API key.' })
    .addCookieAuth('__Host-tidegate_session', { type: 'apiKey', in: 'cookie', description: SESSION });
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    include: [api],
    extraModels: [...VARIANT_CLASSES.keys()],
  });
  const schemas = { ...document.components?.schemas, ...Object.fromEntries(COMPONENT_SCHEMAS) };
  document.components = { ...document.components, schemas };
  completeDocument(document);
  return JSON.stringify(document);
}
