import { SERVICES } from '@tidegate/contracts';
import { StartError } from '@tidegate/runtime';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { type DataSource } from 'typeorm';

/** A role of PostgreSQL. The password is empty if the server requires none. */
export interface Login {
  role: string;
  password: string;
}

/** The schemas of all services. */
const SCHEMAS = SERVICES.map((service) => service.replaceAll('-', '_'));

/**
 * @returns the role of a service that has the owner's URL. Its name contains the name of the database, because roles
 *   belong to the whole server. Its password is derived from the owner's, so all instances can compute it and it is not
 *   stored. Without a password of the owner (`trust` authentication) the role has none.
 */
export function derivedRole(owner: URL, database: string, schema: string): Login {
  const role = `${database}_${schema}`;
  const ownerPassword = decodeURIComponent(owner.password);
  const password =
    ownerPassword && createHmac('sha256', ownerPassword).update(`tidegate role ${role}`).digest('base64url');
  return { role, password };
}

/** @returns the URL with the given role and password */
export function roleUrl(base: string, { role, password }: Login): string {
  const url = new URL(base);
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  return url.toString();
}

/** Creates the role unless it exists, sets its password, and grants it the rows of the schema and nothing else. */
export async function grantSchema(owner: DataSource, login: Login, schema: string): Promise<void> {
  const role = quoted(login.role);
  const known = await owner.query<unknown[]>('SELECT 1 FROM pg_roles WHERE rolname = $1', [login.role]);
  if (known.length === 0) await owner.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`);
  if (login.password) await owner.query(`ALTER ROLE ${role} PASSWORD '${scramVerifier(login.password)}'`);
  await owner.query(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
  await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
  // The service reads the list of migrations to check that the schema is up to date.
  await owner.query(`REVOKE INSERT, UPDATE, DELETE ON ${schema}.migrations FROM ${role}`);
  await revokeFromPublic(owner);
}

/** Revokes what PostgreSQL grants to every role: temporary tables, and before version 15 tables in `public`. */
async function revokeFromPublic(owner: DataSource): Promise<void> {
  const [open] = await owner.query<[{ database: string; temporary: boolean; public: boolean }]>(
    `SELECT current_database() AS database, has_database_privilege('public', current_database(), 'TEMPORARY') AS temporary,
            EXISTS (SELECT FROM pg_namespace
                    WHERE nspname = 'public' AND has_schema_privilege('public', oid, 'CREATE')) AS public`,
  );
  if (open.temporary) await owner.query(`REVOKE TEMPORARY ON DATABASE ${quoted(open.database)} FROM PUBLIC`);
  if (open.public) await owner.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
}

/**
 * Checks that a role has no more rights than access to the rows of one service, also with SET ROLE. The role can be missing.
 * @throws StartError if it has more
 */
export async function refuseRole(source: DataSource, role: string, schema: string): Promise<void> {
  const [found] = await source.query<{ powerful: boolean; others: string[] | null }[]>(
    `SELECT EXISTS (SELECT FROM pg_roles p WHERE pg_has_role(r.oid, p.oid, 'MEMBER')
                    AND (p.rolsuper OR p.rolbypassrls OR p.rolcreaterole OR p.rolcreatedb OR p.rolreplication
                         OR starts_with(p.rolname, 'pg_')))
            OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = $2 AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
            -- An owner of a schema can grant itself all rights, and drop the schema with its policies.
            OR EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = ANY ($3) AND pg_has_role(r.oid, n.nspowner, 'MEMBER'))
            OR EXISTS (SELECT FROM pg_database d
                       WHERE d.datname = current_database() AND pg_has_role(r.oid, d.datdba, 'MEMBER')) AS powerful,
            (SELECT array_agg(nspname::text) FROM pg_namespace
             WHERE nspname = ANY ($3) AND nspname <> $2 AND has_schema_privilege(r.oid, oid, 'USAGE')) AS others
     FROM pg_roles r WHERE r.rolname = $1`,
    [role, schema, SCHEMAS],
  );
  if (found?.powerful)
    throw new StartError(
      `The database role ${role} can bypass row-level security; ${schema} does not run as this role.`,
    );
  if (found?.others)
    throw new StartError(
      `The database role ${role} may use the schema ${found.others.join(', ')} too; ${schema} needs a role of its own.`,
    );
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** @returns the SCRAM verifier of a password (RFC 5803), so the password itself is not in the server's log */
function scramVerifier(password: string, iterations = 4096): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
