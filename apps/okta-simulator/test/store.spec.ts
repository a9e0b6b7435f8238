import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OktaOrg } from '../src/org/okta-org.js';
import { loadOrg, saveOrg } from '../src/org/store.js';
import { connected, orgBefore } from './organization.js';

describe('the file of an organization', () => {
  const folder = mkdtempSync(join(tmpdir(), 'okta-simulator-'));
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
  afterAll(async () => {
    for (const close of closers) await close();
  });

  it('holds all that the organization needs to go on, and is its owner’s alone', async () => {
    const { org, tidegate, add } = await orgBefore(closers);
    const file = join(folder, 'org.json');
    const app = await connected(org, tidegate);
    const [alice, bob] = [add('alice'), add('bob')];
    org.people.setPassword(alice, 'correct horse');
    const group = org.groups.create('On-call');
    org.groups.changeMembers(group, { add: [alice, bob] });
    app.assignments.assign({ group });
    app.pushGroups.pushByName(group);
    await org.idle();
    saveOrg(org, file);
    tidegate.sent();

    const again = new OktaOrg({ origin: 'https://system-admin.okta.com' });
    closers.push(() => again.close());
    expect(loadOrg(again, file)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(again.people.authenticate('alice@acme.example', 'correct horse')?.id).toBe(alice.id);
    expect(tidegate.sent()).toEqual([]);
    const remembered = again.directory.groupNamed('On-call')!;
    again.groups.changeMembers(remembered, { remove: [again.person(bob.id)] });
    await again.idle();
    expect(tidegate.sent().map((line) => line.split(' {')[0])).toEqual([
      'PATCH /Users/Users-2',
      'PATCH /Groups/Groups-1',
      'PATCH /Groups/Groups-1',
    ]);
  });

  it('is not taken for one when it is something else', async () => {
    const { org } = await orgBefore(closers);
    const file = join(folder, 'other.json');
    expect(loadOrg(org, file)).toBe(false);
    writeFileSync(file, '{}');
    expect(() => loadOrg(org, file)).toThrow('is not an organization of this simulator');
  });
});
