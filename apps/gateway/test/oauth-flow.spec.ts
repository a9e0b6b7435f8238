import * as openid from 'openid-client';
import { CALLBACK, openOAuthHouse, type OAuthHouse } from './oauth-house.js';

describe('"Authenticate with Tidegate"', () => {
  let house: OAuthHouse;
  beforeAll(async () => {
    house = await openOAuthHouse();
  });
  afterAll(() => house.close());

  it('gives Okta a token that opens SCIM', async () => {
    const okta = await house.connect();
    const url = await okta.approve();
    console.log(url.href);
    const r = await okta.post('token', {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code')!,
      redirect_uri: CALLBACK,
      client_id: okta.clientId,
      client_secret: okta.clientSecret,
    });
    console.log(r.status, await r.text(), house.door.log.join('').slice(-3000));
    const tokens = await okta.authorize();
    console.log(tokens);
    expect(await okta.status(tokens.access_token)).toBe(200);
    const again = await openid.refreshTokenGrant(await okta.library(), tokens.refresh_token!);
    console.log(again, house.door.log.join('').slice(-3000));
    expect(CALLBACK).toBeTruthy();
  });
});
