export * from './database.js';
export * from './embedded-postgres.js';
export * from './inbox.js';
export * from './migrations.js';
export * from './outbox.js';
export * from './quarantine.js';
export * from './relay.js';
export * from './tx.js';
