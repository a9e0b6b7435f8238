import { type MigrationInterface } from 'typeorm';
import { DirectoryTables1764000000000 } from './1764000000000-directory-tables.js';
import { AccessTables1764000000001 } from './1764000000001-access-tables.js';

/** Every migration of this schema, oldest first. */
export const MIGRATIONS: (new () => MigrationInterface)[] = [DirectoryTables1764000000000, AccessTables1764000000001];
