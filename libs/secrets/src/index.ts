export { dataKeyTable } from './data-key-table.js';
export { Secrets, type SecretsOptions } from './secrets.js';
