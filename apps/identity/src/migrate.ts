import { migrateService } from '@tidegate/database';
import { MIGRATIONS } from './migrations/index.js';

await migrateService('identity', MIGRATIONS);
