import { SERVICES, type Service } from '@tidegate/contracts';
import { Names } from './names.js';
import { allExchanges, rightsOf } from './rights.rule.js';

const names = new Names('p.');
const mayPublish = (service: Service, exchange: string, key: string): boolean => {
  const pattern = rightsOf(service, names).find(({ name }) => name === exchange)?.write;
  return pattern !== undefined && new RegExp(pattern).test(key);
};

describe('the rights of services on exchanges', () => {
  it.each<[Service, string, string, boolean]>([
    ['gateway', 'p.tidegate.commands.identity', 'urgent.users.delete', true],
    ['gateway', 'p.tidegate.commands.access-flow', 'normal.grants.revoke', true],
    ['gateway', 'p.tidegate.commands.access-flow', 'normal.users.delete', false],
    ['gateway', 'p.tidegate.commands.identity', 'normal.users.deactivations', false],
    ['gateway', 'p.tidegate.replies', 'a queue', false],
    ['gateway', 'p.tidegate.events', 'integration.removed.id', true],
    ['gateway', 'p.tidegate.events', 'user.deactivated.id', false],
    ['gateway', 'p.tidegate.events.access-flow', 'integration.removed.id', true],
    ['identity', 'p.tidegate.events.access-flow', 'user.deactivated.id', true],
    ['identity', 'p.tidegate.events.gateway', 'user.deactivated.id', true],
    ['identity', 'p.tidegate.events.gateway', 'user.updated.id', false],
    ['identity', 'p.tidegate.events.access-flow', 'user.deactivated.id.more', false],
    ['identity', 'p.tidegate.events.access-flow', 'xuser.deactivated.id', false],
    ['identity', 'p.tidegate.replies', 'a queue', true],
    ['identity', 'p.tidegate.commands.access-flow', 'normal.grants.revoke', false],
    ['identity', 'p.tidegate.dead-letters.identity', 'dead-letter', true],
    ['identity', 'p.tidegate.dead-letters.access-flow', 'redrive', false],
    ['access-flow', 'p.tidegate.commands.identity', 'normal.users.deactivations', true],
    ['access-flow', 'p.tidegate.commands.identity', 'normal.users.delete', false],
    ['access-flow', 'p.tidegate.commands.identity', 'other.users.deactivations', false],
    ['access-flow', 'p.tidegate.events', 'grant.ended.id', true],
    ['access-flow', 'p.tidegate.events.gateway', 'grant.ended.id', false],
  ])('%s publishes to %s with %s: %s', (service, exchange, key, allowed) => {
    expect(mayPublish(service, exchange, key)).toBe(allowed);
  });

  it.each<[Service, string[]]>([
    ['gateway', ['p.tidegate.dead-letters.gateway', 'p.tidegate.events.gateway', 'p.tidegate.replies']],
    ['identity', ['p.tidegate.commands.identity', 'p.tidegate.dead-letters.identity', 'p.tidegate.events.identity']],
    [
      'access-flow',
      [
        'p.tidegate.commands.access-flow',
        'p.tidegate.dead-letters.access-flow',
        'p.tidegate.events.access-flow',
        'p.tidegate.replies',
      ],
    ],
  ])('%s binds its queues to its own exchanges', (service, exchanges) => {
    const readable = rightsOf(service, names).filter(({ read }) => read);
    expect(readable.map(({ name }) => name).sort()).toEqual(exchanges);
  });

  it('include no right on the default exchange, and all names begin with the prefix', () => {
    const used = SERVICES.flatMap((service) => rightsOf(service, names).map(({ name }) => name));
    expect(used.filter((name) => !name.startsWith('p.tidegate.'))).toEqual([]);
    expect(
      allExchanges(names)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...new Set(used)].sort());
  });
});
