import { type AppInstance } from '../org/app-instance.js';
import { Refused } from '../org/refused.js';
import { type GeneralSettings } from '../org/settings.js';
import { type Form } from './form.js';

/** The tab General as it was sent. What the app's form does not show stays, and so does a secret left empty. @throws Refused */
export function generalFrom(form: Form, { general, entry }: AppInstance): GeneralSettings {
  const label = form.text('label');
  if (!label) throw new Refused('Application label: enter one.');
  return {
    ...{ ...general, label },
    ...(entry.address === 'connection id' && { host: origin('Host of Tidegate', form.text('host')) }),
    ...(entry.authentication === 'oauth' && oauthFrom(form, general)),
    ...(entry.kind === 'oin' && {
      profileUpdates: form.choice('profileUpdates', ['put', 'patch']),
      changesPerPatch: form.integer('changesPerPatch', 100, 1_000),
    }),
  };
}

function oauthFrom(form: Form, before: GeneralSettings) {
  const appName = form.text('appName');
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(appName)) throw new Refused('Okta app name: letters, digits, _ and - alone.');
  return {
    appName,
    clientId: form.text('clientId'),
    clientSecret: form.text('clientSecret') || before.clientSecret,
    clientAuthentication: form.choice('clientAuthentication', ['basic', 'post']),
    scopes: form.text('scopes'),
    pkce: form.flag('pkce'),
    callbackOrigin: origin('Origin of the callback', form.text('callbackOrigin')),
  };
}

/** @returns the URL's scheme, host and port. @throws Refused when there is more in it, or it is none */
function origin(name: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !web || url.pathname !== '/' || url.search || url.username) {
    throw new Refused(`${name}: "${value}" is not scheme, host and port alone.`);
  }
  return url.origin;
}
