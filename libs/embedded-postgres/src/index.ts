export { DataFolderError } from './data-folder-error.js';
export { startEmbeddedPostgres, type EmbeddedPostgres } from './server.js';
