// `npm start`: runs all services in one process; see apps/standalone.
import { runApp } from './lib/ensure.mjs';

await runApp('standalone');
