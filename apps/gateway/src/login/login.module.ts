import { Global, Module } from '@nestjs/common';
import { LoginController } from './login.controller.js';
import { LoginProviders } from './login-providers.service.js';
import { OpenIdLoginController } from './openid-login.controller.js';
import { OpenIdLogin } from './openid-login.service.js';
import { OpenId } from './openid.service.js';

/** Login of people: with an API key, or with a login provider over OpenID Connect. */
@Global()
@Module({
  controllers: [LoginController, OpenIdLoginController],
  providers: [LoginProviders, OpenId, OpenIdLogin],
  exports: [LoginProviders],
})
export class LoginModule {}
