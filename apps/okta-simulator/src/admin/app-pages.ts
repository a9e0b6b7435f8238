import { type AppInstance } from '../org/app-instance.js';
import { type OktaOrg } from '../org/okta-org.js';
import { type Organization } from '../organization.js';
import { Html, html } from './html.js';
import { assignments, pushGroups } from './people-tabs.js';
import { general, provisioning, toApp, toOkta } from './settings-tabs.js';

const TABS = [
  ['general', 'General'],
  ['provisioning', 'Provisioning: Integration'],
  ['to-app', 'To App'],
  ['to-okta', 'To Okta'],
  ['assignments', 'Assignments'],
  ['push-groups', 'Push Groups'],
] as const;

export type Tab = (typeof TABS)[number][0];

export function isTab(name: string): name is Tab {
  return TABS.some(([tab]) => tab === name);
}

/** @returns the page content of one tab of an app */
export function appTab(app: AppInstance, { directory }: OktaOrg, tab: Tab): Html {
  const path = `/admin/apps/${app.id}`;
  const links = TABS.map(
    ([name, text]) => html`<a href="${path}/${name}" ${name === tab && new Html('aria-current="page"')}>${text}</a>`,
  );
  return html`<nav class="tabs">${links}</nav>
    ${PAGES[tab](app, path, directory)}`;
}

const PAGES: Record<Tab, (app: AppInstance, path: string, directory: Organization) => Html> = {
  general,
  provisioning,
  'to-app': toApp,
  'to-okta': toOkta,
  assignments,
  'push-groups': pushGroups,
};
