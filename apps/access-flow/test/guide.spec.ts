import {
  approverSources,
  type CommandData,
  type FlowSettings,
  isReferenceTerm,
  mapCondition,
  type Term,
} from '@tidegate/contracts';
import { readFileSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { Integration, PERSONS } from './integration.js';

const GUIDE = readFileSync('docs/guides/access-flows.md', 'utf8');
const POLICIES = [...GUIDE.slice(GUIDE.indexOf('## Ten policies')).matchAll(/```json\n([^]*?)```/g)].map(
  ([, json]) => JSON.parse(json!) as FlowSettings,
);

describe('The policies of the guide', () => {
  const accessFlow = TestAccessFlow.use();
  const groups = new Map<string, string>();
  let integration: Integration;
  beforeAll(async () => {
    integration = await Integration.create(accessFlow);
    const names = ['Staging', 'Reports', 'Production', 'Ledger', 'Signing keys', 'Interns'];
    const withMembers = ['Engineering', 'Security', 'Service desk', 'On-call'];
    for (const name of [...names, ...withMembers]) {
      groups.set(name, uuidv7());
      await integration.group(groups.get(name)!, name);
    }
    for (const name of withMembers)
      await integration.push(groups.get(name)!, 2, { alice: true, bob: true, carol: true });
  });

  const user = (userName: string) => {
    const found = PERSONS.find((name) => integration.people[name].userName === userName);
    if (!found) throw new Error(`The test cast has no ${userName}`);
    return integration.people[found].userId;
  };
  const group = (name: string) => groups.get(name)!;

  /** @returns the settings with ids, as the gateway sends them */
  function withIds(policy: FlowSettings): CommandData<'flows.create'> {
    const settings = structuredClone(policy);
    for (const source of approverSources(settings)) {
      if (source.kind === 'user') source.id = user(source.id);
      if (source.kind === 'group') source.id = group(source.id);
    }
    const idsOf = (term: Term) =>
      isReferenceTerm(term) ? term.values.map((value) => (term.kind === 'group' ? group(value) : user(value))) : [];
    return {
      ...settings,
      integrationId: integration.id,
      eligibility: mapCondition(settings.eligibility, idsOf, 'eligibility'),
      groupIds: settings.groupIds.map(group),
      ownerIds: (settings.ownerIds ?? []).map(user),
    };
  }

  it('are ten', () => expect(POLICIES).toHaveLength(10));

  it.each(POLICIES.map((policy) => [policy.name, policy] as const))('%s can be saved', async (name, policy) => {
    expect(await integration.ask('flows.create', withIds(policy))).toMatchObject({ name, enabled: true });
  });
});
