import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { alice, bob, eventually } from '@tidegate/testing';
import { api, newTenant, send, type Tenant } from './http.js';
import { startInProcess } from './in-process.js';
import { API_KEY, type Tidegate } from './system.js';

const ROOT = join(__dirname, '..');
const TSC =
  '--noEmit --allowJs --checkJs --strict --skipLibCheck --target es2022 --module nodenext --lib es2023,dom --types node';

/** Runs a file with node. @returns its standard output. @throws Error with its output when it fails */
async function node(file: string, args: readonly string[], cwd: string): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [file, ...args], { cwd }).catch(
    (error: { message: string; stdout: string }) => {
      throw new Error(`${error.message}\n${error.stdout}`);
    },
  );
  return stdout;
}

/** @returns a file of an installed package */
const fileOf = (name: string, file: string) =>
  join(dirname(createRequire(__filename).resolve(`${name}/package.json`)), file);

/** @returns a flow that can be created once access-flow has the users and the group */
const flowOf = (integrationId: string, approverIds: string[], groupId: string) => ({
  integrationId,
  name: 'First',
  eligibility: { kind: 'everyone' },
  groupIds: [groupId],
  maxDurationSeconds: 600,
  steps: [{ quorum: 'any', approvers: approverIds.map((id) => ({ kind: 'user', id })) }],
});

describe('a client generated from the OpenAPI document', () => {
  let tidegate: Tidegate;
  let tenant: Tenant;
  let folder: string;
  beforeAll(async () => {
    tidegate = await startInProcess();
    tenant = await newTenant(tidegate);
    folder = await mkdtemp(join(tmpdir(), 'tidegate-client-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await copyFile(join(ROOT, 'test/fixtures/api-client.mjs'), join(folder, 'client.mjs'));
    const { text } = await send('GET', `${tidegate.baseUrl}/api/v1/openapi.json`, {});
    await writeFile(join(folder, 'openapi.json'), text);
    await node(fileOf('openapi-typescript', 'bin/cli.js'), ['openapi.json', '--output', 'openapi.ts'], folder);
  });
  afterAll(async () => {
    await tidegate?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const push = async (path: string, body: object): Promise<string> => {
    const headers = { authorization: `Bearer ${tenant.token}`, 'content-type': 'application/scim+json' };
    const answer = await send('POST', `${tenant.scimBaseUrl}${path}`, headers, JSON.stringify(body));
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return (answer.body as { id: string }).id;
  };

  it('has the types of the program', async () => {
    expect(await node(fileOf('typescript', 'bin/tsc'), [...TSC.split(' '), 'client.mjs'], folder)).toBe('');
  });

  it('creates a flow, a request and a review', async () => {
    const [userId, approverId] = [await push('/Users', alice()), await push('/Users', bob())];
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group'];
    const groupId = await push('/Groups', { schemas, displayName: 'On-call' });
    const { baseUrl } = tidegate;
    const { integrationId } = tenant;
    const input = { baseUrl, apiKey: API_KEY, integrationId, userId, approverId, groupId };
    // access-flow receives users and groups as events, shortly after the responses over SCIM.
    await eventually(() =>
      api(tidegate, 'POST', '/access-flows', flowOf(integrationId, [userId, approverId], groupId)),
    );
    const output = await node(join(folder, 'client.mjs'), [JSON.stringify(input)], folder);
    expect(JSON.parse(output)).toEqual({
      flow: ['any', [{ kind: 'user', id: approverId }]],
      request: 'pending',
      approved: 'approved',
      review: ['approve', approverId, 'until noon'],
      grants: [true],
      refused: [400, ['status']],
    });
  });
});
