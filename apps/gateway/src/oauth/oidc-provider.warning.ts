import { mute } from '@tidegate/observability';

/**
 * The library says that it wants Node 22 or newer. It runs on Node 20, on which every test of it here runs too; whoever
 * starts Tidegate need not be told each time. A module of its own, for it must be there before the library is loaded.
 */
export const speakAgain = mute('oidc-provider WARNING: Unsupported runtime');
