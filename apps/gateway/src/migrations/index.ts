import { GatewayDataKey1764200000000 } from './data-key.js';
import { GatewayProfile1764100000000 } from './profile.js';
import { GatewayInitial1763900000000 } from './initial.js';

/** The gateway's migrations, oldest first. */
export const MIGRATIONS = [GatewayInitial1763900000000, GatewayProfile1764100000000, GatewayDataKey1764200000000];
