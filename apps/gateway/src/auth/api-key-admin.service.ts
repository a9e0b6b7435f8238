import { Injectable } from '@nestjs/common';
import { type Cause, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { AdminsLeft } from './admins-left.js';
import { recordKeyEvent } from './api-key-events.js';
import { isMadeBy, setMaker } from './api-key-makers.queries.js';
import { type KeyStatus, keyStatus } from './api-key.rule.js';
import { type ApiKeyRow, countKeys, getKey, insertKey, listKeys, lockKeys, revokeKey } from './api-keys.queries.js';
import { ApiKeys } from './api-keys.service.js';
import { newSecret } from './bearer.rule.js';
import { type KeyHolder, type Maker, type Person } from './caller.js';
import { DAY_MS, endOf } from './credential-life.rule.js';
import { mayAll, mayHandOn, type Rights, rolesCover } from './handing-on.rule.js';
import { CONFIGURED_KEY, makerOf } from './maker.rule.js';
import { type Standing } from './people.rule.js';
import { type Limit, limitReached, limitText, type Places } from './places.rule.js';
import { mustBeNamed, type Reach, within } from './roles.js';
import { Standings } from './standings.service.js';

const PLACES: Places = { total: 5_000, everywhere: 500, ofIntegration: 100, ofMaker: 100, reserved: 20 };
/** How long a key lives when nobody says otherwise. */
const LIFE_MS = 90 * DAY_MS;

/** What an administrator says of a key that is to be made; null stands for all scopes, all integrations, no end. */
export type NewKey = Pick<ApiKeyRow, 'name' | 'scopes' | 'integrationIds'> & { expiresAt?: string | null | undefined };

/** A key as it may be shown. */
export type ApiKey = Omit<ApiKeyRow, 'person' | 'rooted' | 'end'> & { status: KeyStatus };

/** Makes keys, lists them, and ends them. */
@Injectable()
export class ApiKeyAdmin {
  constructor(
    private readonly database: Database,
    private readonly apiKeys: ApiKeys,
    private readonly standings: Standings,
    private readonly adminsLeft: AdminsLeft,
  ) {}

  /**
   * @returns the key and its secret, which cannot be had again
   * @throws Refusal `notAllowed` for what the caller may not do itself, `conflict` when there are too many keys;
   *   InvalidFields for an end that is none
   */
  async create(
    caller: KeyHolder | Person,
    { expiresAt: given, ...key }: NewKey,
    cause: Cause,
  ): Promise<ApiKey & { secret: string }> {
    const end = endOf(given, Date.now(), LIFE_MS);
    const expiresAt = given === undefined ? sooner(end, caller) : end;
    if (!mayHandOn(caller, { ...rightsOf(key), expiresAt }))
      throw new Refusal('notAllowed', 'A key may do no more than who makes it, and for no longer.');
    const secret = newSecret('tgk_');
    const row = { ...key, expiresAt, id: uuidv7(), hash: this.apiKeys.hash(secret), hint: secret.slice(-4) };
    const maker = makerOf(caller);
    const made = await this.database.unscoped(async (tx) => {
      await lockKeys(tx);
      await checkRoom(tx, key, maker, caller);
      await insertKey(tx, row, maker);
      await recordKeyEvent(tx, 'api_key.created', row, cause);
      return known(await getKey(tx, row.id), 'all');
    });
    return { ...(await this.shown(made)), secret };
  }

  /** The keys for nothing beyond the reach. */
  async list(reach: Reach): Promise<ApiKey[]> {
    const keys = (await this.database.unscoped(listKeys)).filter((key) => isWithin(key, reach));
    const standings = new Map<string, Standing | undefined>();
    const shown: ApiKey[] = [];
    // One after the other: however many makers there are, a list takes one connection.
    for (const key of keys) shown.push(await this.shown(key, standings));
    return shown;
  }

  /**
   * Ends a key; every gateway refuses it, the keys that it made, and the sessions that they opened, within a second.
   * @throws Refusal `missing`; `conflict` when nobody could administer afterwards
   */
  async revoke(id: string, reach: Reach, cause: Cause): Promise<void> {
    await this.adminsLeft.keep(async (tx) => {
      const key = known(await getKey(tx, id), reach);
      await revokeKey(tx, id);
      await recordKeyEvent(tx, 'api_key.revoked', key, cause);
    });
  }

  /**
   * Makes the caller the maker of a key, whose secret stays.
   * @throws Refusal `missing`; `notAllowed` for what the caller may not do itself; `conflict` for a root key, one that is
   *   over, one that the caller came of, and one that decides in the name of users
   */
  async takeOver(id: string, caller: KeyHolder | Person, reach: Reach): Promise<ApiKey> {
    const maker = makerOf(caller);
    let taken: ApiKeyRow | undefined;
    await this.adminsLeft.keep(async (tx) => {
      await lockKeys(tx);
      const key = known(await getKey(tx, id), reach);
      if (key.maker === null) throw new Refusal('conflict', 'This is a root key: it has no maker.');
      // Its secret stays with the maker before, who could then decide on a request of its own.
      if (key.scopes?.some(mustBeNamed))
        throw new Refusal('conflict', 'A key with the scope access:review-as cannot be taken over: make a new one.');
      if (key.end === 'expired') throw new Refusal('conflict', 'This key has expired: make a new one instead.');
      if (!mayHandOn(caller, { ...rightsOf(key), expiresAt: key.expiresAt }))
        throw new Refusal('notAllowed', 'A key may do no more than who takes it over, and for no longer.');
      if (maker.kind === 'apiKey' && (await this.cameOf(tx, maker.keyId, id)))
        throw new Refusal('conflict', 'This key made the one that calls: it cannot become its maker.');
      const { ofMaker } = await countKeys(tx, [], maker);
      refuseBeyond(limitReached(PLACES, { total: 0, ofIntegration: 0, ofMaker }, mayAll(caller)));
      await setMaker(tx, id, maker);
      taken = known(await getKey(tx, id), reach);
    });
    return this.shown(taken!);
  }

  private cameOf(tx: Tx, keyId: string, id: string): Promise<boolean> | false {
    return keyId === CONFIGURED_KEY ? false : isMadeBy(tx, keyId, id);
  }

  /** @param standings of the persons asked about so far */
  private async shown(
    { person, rooted, end, ...key }: ApiKeyRow,
    standings = new Map<string, Standing | undefined>(),
  ): Promise<ApiKey> {
    const name = JSON.stringify(person);
    if (person && !standings.has(name)) standings.set(name, await this.standings.of(person));
    const standing = standings.get(name);
    const covered = !person || (standing !== undefined && rolesCover(standing.roles, rightsOf(key)));
    return { ...key, status: keyStatus({ end, rooted, covered }) };
  }
}

const rightsOf = ({ scopes, integrationIds }: Pick<ApiKeyRow, 'scopes' | 'integrationIds'>): Rights => ({
  scopes: scopes ?? 'all',
  integrations: integrationIds ?? 'all',
});

const isWithin = ({ integrationIds }: ApiKeyRow, reach: Reach): boolean => within(integrationIds ?? 'all', reach);

/** The usual end, or that of the caller's own key when it comes before. */
function sooner(end: Date | null, caller: KeyHolder | Person): Date | null {
  const own = caller.kind === 'key' ? caller.expiresAt : null;
  return own && end && own < end ? own : end;
}

/** @throws Refusal `conflict` when there are too many keys */
async function checkRoom(
  tx: Tx,
  { integrationIds }: Pick<ApiKeyRow, 'integrationIds'>,
  maker: Maker,
  caller: KeyHolder | Person,
): Promise<void> {
  refuseBeyond(limitReached(PLACES, await countKeys(tx, integrationIds, maker), mayAll(caller)));
}

function refuseBeyond(limit: Limit | undefined): void {
  if (limit) throw new Refusal('conflict', limitText(limit, 'API keys'));
}

/** @throws Refusal `missing` */
function known(key: ApiKeyRow | undefined, reach: Reach): ApiKeyRow {
  if (!key || !isWithin(key, reach)) throw new Refusal('missing', 'No such API key.');
  return key;
}
