// `npm run migrate -- gateway`, `identity` or `access-flow`: migrates the schema of one service as the owner of the
// database; see docs/operations.md.
import { fail, runApp } from './lib/ensure.mjs';

const APPS = ['gateway', 'identity', 'access-flow'];
const [app] = process.argv.splice(2, 1);
if (!APPS.includes(app)) fail(`Usage: npm run migrate -- <${APPS.join('|')}>`);
await runApp(app, 'migrate');
