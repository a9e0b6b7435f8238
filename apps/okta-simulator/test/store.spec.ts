import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OktaOrg } from '../src/org/okta-org.js';
import { loadOrg, saveOrg } from '../src/org/store.js';
import { connectApp, startOrg } from './test-organization.js';

describe('The file of an organization', () => {
  const folder = mkdtempSync(join(tmpdir(), 'okta-simulator-'));
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
  afterAll(async () => {
    for (const close of closers) await close();
  });

  it('restores the organization, and only its owner can read it', async () => {
    const { org, tidegate, add } = await startOrg(closers);
    const file = join(folder, 'org.json');
    const app = await connectApp(org, tidegate);
    const [alice, bob] = [add('alice'), add('bob')];
    org.people.setPassword(alice, 'correct horse');
    const group = org.groups.create('On-call');
    org.groups.changeMembers(group, { add: [alice, bob] });
    app.assignments.assign({ group });
    app.pushGroups.pushByName(group);
    await org.idle();
    saveOrg(org, file);
    tidegate.sent();

    const restored = new OktaOrg({ origin: 'https://system-admin.okta.com' });
    closers.push(() => restored.close());
    expect(loadOrg(restored, file)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(restored.people.authenticate('alice@acme.example', 'correct horse')?.id).toBe(alice.id);
    expect(tidegate.sent()).toEqual([]);
    const remembered = restored.directory.groupNamed('On-call')!;
    restored.groups.changeMembers(remembered, { remove: [restored.person(bob.id)] });
    await restored.idle();
    expect(tidegate.sent().map((line) => line.split(' {')[0])).toEqual([
      'PATCH /Users/Users-2',
      'PATCH /Groups/Groups-1',
      'PATCH /Groups/Groups-1',
    ]);
  });

  it('is refused if it has another format', async () => {
    const { org } = await startOrg(closers);
    const file = join(folder, 'other.json');
    expect(loadOrg(org, file)).toBe(false);
    writeFileSync(file, '{}');
    expect(() => loadOrg(org, file)).toThrow('is not a file of this simulator');
  });
});
