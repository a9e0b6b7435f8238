import { Global, Module } from '@nestjs/common';
import { ConsentController } from './consent.controller.js';
import { OAuthClients } from './oauth-clients.service.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthProviders } from './oauth-providers.service.js';
import { ExpiredStates } from './states.worker.js';

/** "Authenticate with Tidegate": an OAuth 2.0 authorization server for each integration. */
@Global()
@Module({
  controllers: [OAuthController, ConsentController],
  providers: [OAuthClients, OAuthProviders, ExpiredStates],
  exports: [OAuthClients],
})
export class OAuthModule {}
