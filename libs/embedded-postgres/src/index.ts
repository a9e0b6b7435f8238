export { startEmbeddedPostgres, type EmbeddedPostgres } from './server.js';
