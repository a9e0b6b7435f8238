import { type AppInstance } from '../org/app-instance.js';
import { Refused } from '../org/refused.js';
import { type GeneralSettings } from '../org/settings.js';
import { type Form } from './form.js';

/** @returns the sent settings of the tab General. Settings that the form does not show and an empty secret keep their value. @throws Refused */
export function generalFrom(form: Form, { general, entry }: AppInstance): GeneralSettings {
  const label = form.text('label');
  if (!label) throw new Refused('Application label: enter a label.');
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
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(appName)) throw new Refused('Okta app name: use only letters, digits, _ and -.');
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

/** @returns scheme, host and port. @throws Refused if the value has other parts or is not a URL */
function origin(name: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !web || url.pathname !== '/' || url.search || url.username) {
    throw new Refused(`${name}: "${value}" must consist of scheme, host and port only.`);
  }
  return url.origin;
}
