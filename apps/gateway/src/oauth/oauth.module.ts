import { Module } from '@nestjs/common';
import { ConsentController } from './consent.controller.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthProviders } from './oauth-providers.service.js';
import { ExpiredStates } from './states.worker.js';

/** "Authenticate with Tidegate": an OAuth 2.0 authorization server for each integration. */
@Module({
  controllers: [OAuthController, ConsentController],
  providers: [OAuthProviders, ExpiredStates],
})
export class OAuthModule {}
