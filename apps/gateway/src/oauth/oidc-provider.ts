import { speakAgain } from './oidc-provider.warning.js';
import Provider, { errors, interactionPolicy } from 'oidc-provider';

speakAgain();

export { errors, interactionPolicy, Provider };
