// `npm run start:gateway`, `start:identity`, `start:access-flow`, `start:okta-simulator`: runs one app in its own process.
import { fail, runApp } from './lib/ensure.mjs';

const APPS = ['gateway', 'identity', 'access-flow', 'okta-simulator'];
const [app] = process.argv.splice(2, 1);
if (!APPS.includes(app)) fail(`Usage: node scripts/service.mjs <${APPS.join('|')}>`);
await runApp(app);
