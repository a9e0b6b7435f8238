import { Directory1795392000000 } from './1795392000000-directory.js';

/** All migrations in order. Those that have shipped are never changed. */
export const MIGRATIONS = [Directory1795392000000];
