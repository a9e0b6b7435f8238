import {
  columnsOf,
  currentMessagingTables,
  Database,
  IsNull,
  integrationTable,
  In,
  MoreThan,
  Tx,
  type Where,
} from '@tidegate/database';
import { emptyDatabase } from '@tidegate/testing';
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';

const ACME = uuidv7();
const OTHER = uuidv7();

@Entity({ schema: 'identity', name: 'notes' })
class NoteEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') integrationId: string;
  @Column('text') bodyText: string;
  @Column('jsonb', { nullable: true }) author: { name: string } | null;
  @Column('uuid', { array: true }) groupIds: string[];
  @Column('bigint') version: number;
  @Column('timestamptz') createdAt: Date;
}

class Tables1700000000000 implements MigrationInterface {
  name = 'Tables1700000000000';
  async up(runner: QueryRunner): Promise<void> {
    const notes = `CREATE TABLE identity.notes (id uuid PRIMARY KEY, integration_id uuid NOT NULL, body_text text NOT NULL,
      author jsonb, group_ids uuid[] NOT NULL DEFAULT '{}', version bigint NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now())`;
    for (const sql of [...currentMessagingTables('identity'), notes, ...integrationTable('identity.notes')])
      await runner.query(sql);
  }
  async down(): Promise<void> {}
}

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const empty = await emptyDatabase();
  drop = empty.drop;
  const tables = { schema: 'identity', migrations: [Tables1700000000000], entities: [NoteEntity] };
  database = await Database.open({ url: empty.url, ...tables, poolSize: 2 });
});
afterAll(async () => {
  await database?.close();
  await drop?.();
});

const note = (integrationId = ACME) => ({ id: uuidv7(), integrationId, bodyText: 'a text', author: { name: 'alice' } });
const within = <T>(work: (tx: Tx) => Promise<T>, ...integrationIds: string[]) =>
  database.transaction({ integrationIds: integrationIds.length ? integrationIds : [ACME] }, work);
const all = (id: string) =>
  within((tx) => tx.find(NoteEntity, { where: { integrationId: In([ACME, OTHER]), id } }), ACME, OTHER);

describe('the entity methods of a transaction', () => {
  it('insert, find, update and delete rows with all columns in their types', async () => {
    const values = note();
    await within(async (tx) => {
      const inserted = await tx.insert(NoteEntity, { ...values, groupIds: [OTHER] });
      expect(inserted).toEqual({ ...values, groupIds: [OTHER], version: 1, createdAt: expect.any(Date) });
      const where = { integrationId: ACME, id: values.id };
      expect(await tx.find(NoteEntity, { where })).toEqual([inserted]);
      const changed = await tx.update(NoteEntity, where, { author: null, version: () => 'version + 1' });
      expect(changed).toEqual([{ ...inserted, author: null, version: 2 }]);
      expect(await tx.findOne(NoteEntity, { where: { integrationId: ACME, author: IsNull() } })).toEqual(changed[0]);
      expect(await tx.delete(NoteEntity, where)).toBe(1);
      expect(await tx.findOne(NoteEntity, { where })).toBeUndefined();
    });
  });

  it('return rows of the same shape as statements with columnsOf', async () => {
    const { id } = await within((tx) => tx.insert(NoteEntity, note()));
    const [found] = await all(id);
    const sql = `SELECT ${columnsOf(NoteEntity, 'n')} FROM identity.notes n WHERE id = $1`;
    expect(await within((tx) => tx.row(sql, [id]))).toEqual({ ...found });
  });

  it('find one page after an id', async () => {
    const ids = [uuidv7(), uuidv7(), uuidv7()];
    const integrationId = uuidv7();
    const found = await within(async (tx) => {
      for (const id of ids) await tx.insert(NoteEntity, { ...note(integrationId), id });
      const where = { integrationId, id: MoreThan(ids[0]!) };
      return tx.find(NoteEntity, { where, order: { id: 'ASC' }, take: 1 });
    }, integrationId);
    expect(found.map(({ id }) => id)).toEqual([ids[1]]);
  });

  it('leave no row when the transaction throws', async () => {
    const values = note();
    const { id } = await within((tx) => tx.insert(NoteEntity, note()));
    const work = within(async (tx) => {
      await tx.insert(NoteEntity, values);
      await tx.update(NoteEntity, { integrationId: ACME, id }, { bodyText: 'changed' });
      await tx.find(NoteEntity, { where: { integrationId: ACME, id }, lock: 'forUpdate' });
      throw new Error('after the writes');
    });
    await expect(work).rejects.toThrow('after the writes');
    expect(await all(values.id)).toEqual([]);
    expect(await all(id)).toMatchObject([{ bodyText: 'a text' }]);
  });

  it('change neither the integrations of the transaction nor the transaction', async () => {
    await within(async (tx) => {
      const state = () =>
        tx.row(`SELECT current_setting('tidegate.integration_ids') AS ids, pg_current_xact_id()::text AS transaction`);
      const values = note();
      const where = { integrationId: ACME, id: values.id };
      const before = await state();
      expect(before).toMatchObject({ ids: `{${ACME}}` });
      await tx.insert(NoteEntity, values);
      expect(await state()).toEqual(before);
      await tx.update(NoteEntity, where, { bodyText: 'changed' });
      expect(await state()).toEqual(before);
      await tx.find(NoteEntity, { where, lock: 'forUpdate' });
      expect(await state()).toEqual(before);
      await tx.delete(NoteEntity, where);
      expect(await state()).toEqual(before);
    });
  });

  it('see and change no rows of other integrations', async () => {
    const { id } = await within((tx) => tx.insert(NoteEntity, note(OTHER)), OTHER);
    const where = { integrationId: OTHER, id };
    await within(async (tx) => {
      expect(await tx.find(NoteEntity, { where })).toEqual([]);
      expect(await tx.update(NoteEntity, where, { bodyText: 'changed' })).toEqual([]);
      expect(await tx.delete(NoteEntity, where)).toBe(0);
    });
    await expect(within((tx) => tx.insert(NoteEntity, note(OTHER)))).rejects.toThrow('row-level security');
    expect(await all(id)).toMatchObject([{ bodyText: 'a text' }]);
  });

  it('refuse conditions without a value, which would match every row', async () => {
    for (const id of [undefined, null]) {
      const where = { integrationId: ACME, id } as unknown as Where<NoteEntity>;
      const refused = expect.objectContaining({ message: expect.stringContaining(`The condition on id is ${id}`) });
      await within(async (tx) => {
        await expect(tx.find(NoteEntity, { where })).rejects.toEqual(refused);
        await expect(tx.update(NoteEntity, where, { bodyText: 'x' })).rejects.toEqual(refused);
        await expect(tx.delete(NoteEntity, where)).rejects.toEqual(refused);
      });
    }
    await within(async (tx) => {
      const where = {} as Where<NoteEntity>;
      const refused = expect.objectContaining({ message: expect.stringContaining('no conditions') });
      await expect(tx.find(NoteEntity, { where })).rejects.toEqual(refused);
      await expect(tx.update(NoteEntity, where, { bodyText: 'x' })).rejects.toEqual(refused);
      await expect(tx.delete(NoteEntity, where)).rejects.toEqual(refused);
    });
    // @ts-expect-error rows of an integration are found only with its id
    const withoutIntegration: Where<NoteEntity> = { id: ACME };
    expect(withoutIntegration).toBeDefined();
  });

  it('throw the error of the driver, without the values of the statement', async () => {
    const values = note();
    const insertTwice = within(async (tx) => {
      await tx.insert(NoteEntity, values);
      await tx.insert(NoteEntity, values);
    });
    await expect(insertTwice).rejects.toMatchObject({ code: '23505' });
    await expect(insertTwice).rejects.not.toHaveProperty('parameters');
  });

  it('are the only methods for entities', () => {
    const methods = Object.getOwnPropertyNames(Tx.prototype).filter(
      (name) => name !== 'constructor' && name !== 'query',
    );
    expect(methods.sort()).toEqual(['delete', 'find', 'findOne', 'insert', 'row', 'rows', 'run', 'search', 'update']);
  });
});
