import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { OAuthFailure } from '../org/oauth-client.js';
import { type OktaOrg } from '../org/okta-org.js';
import { Refused } from '../org/refused.js';
import { ScimFailure } from '../scim-client.js';
import { type ActionContext, ACTIONS, type ActionResult } from './actions.js';
import { appTab, isTab } from './app-pages.js';
import { Form } from './form.js';
import { type Html, html } from './html.js';
import { type Notice, page } from './layout.js';
import { Notices } from './notices.js';
import {
  appsPage,
  catalogPage,
  clientsPage,
  groupPage,
  groupsPage,
  peoplePage,
  personPage,
  tasksPage,
} from './pages.js';
import { allTasks, appView, clientView, groupView, personView } from './views.js';

type Params = Record<string, string>;
type Query = Record<string, string | undefined>;

interface Page {
  title: string;
  body: () => Html;
  json: () => unknown;
}

/** How long a response waits for the tasks that its action started. */
const MAX_WAIT_SECONDS = 3;

/** Admin pages by path, as HTML or JSON by the Accept header. All throw Refused. */
const PAGES: Record<string, (org: OktaOrg, params: Params, query: Query, origin: string) => Page> = {
  '/admin/apps': (org) => ({
    title: 'Applications',
    body: () => appsPage(org),
    json: () => [...org.apps.values()].map((app) => appView(app, org)),
  }),
  '/admin/apps/catalog': (_org, _params, { q = '' }) => ({
    title: 'Browse App Catalog',
    body: () => catalogPage(q),
    json: () => ({}),
  }),
  '/admin/apps/:app': (org, params) => appPage(org, params, 'general'),
  '/admin/apps/:app/:tab': (org, params) => appPage(org, params, params['tab'] ?? ''),
  '/admin/people': (org) => ({
    title: 'People',
    body: () => peoplePage(org),
    json: () => [...org.directory.people.values()].map(personView),
  }),
  '/admin/people/:person': (org, params) => {
    const person = org.person(params['person'] ?? '');
    return { title: person.profile.displayName, body: () => personPage(person, org), json: () => personView(person) };
  },
  '/admin/groups': (org) => ({
    title: 'Groups',
    body: () => groupsPage(org),
    json: () => [...org.directory.groups.values()].map(groupView),
  }),
  '/admin/groups/:group': (org, params) => {
    const group = org.group(params['group'] ?? '');
    return { title: group.name, body: () => groupPage(group, org), json: () => groupView(group) };
  },
  '/admin/clients': (org, _params, _query, origin) => ({
    title: 'Login clients',
    body: () => clientsPage(org, origin),
    json: () => org.loginClients.all.map(clientView),
  }),
  '/admin/tasks': (org) => ({ title: 'Tasks', body: () => tasksPage(org), json: () => allTasks(org) }),
};

function appPage(org: OktaOrg, params: Params, tab: string): Page {
  const app = org.app(params['app'] ?? '');
  if (!isTab(tab)) throw new Refused(`Unknown tab ${tab}.`, 404);
  return { title: app.general.label, body: () => appTab(app, org, tab), json: () => appView(app, org) };
}

export interface AdminOptions {
  org: OktaOrg;
  /** Origin of the pages. */
  origin: string;
}

/** Registers the admin pages, their actions, and the callback of "Authenticate with …". */
export function adminRoutes(server: FastifyInstance, { org, origin }: AdminOptions): void {
  const notices = new Notices();
  server.get('/', (_request, reply) => reply.redirect('/admin/apps'));

  for (const [path, pageOf] of Object.entries(PAGES)) {
    server.get<{ Params: Params; Querystring: Query }>(path, (request, reply) => {
      const { title, body, json } = pageOf(org, request.params, request.query, origin);
      if (wantsJson(request)) return reply.send(json());
      return sendHtml(reply, page(title, request.url, body(), notices.take(request.query['notice'])));
    });
  }

  for (const [path, action] of Object.entries(ACTIONS)) {
    server.post<{ Params: Params; Body: Form | undefined }>(path, async (request, reply) => {
      const form = request.body ?? Form.ofUrlEncoded('');
      const context: ActionContext = { org, params: request.params, form };
      const result = await action(context);
      await Promise.race([org.idle(), sleep(MAX_WAIT_SECONDS * 1000, undefined, { ref: false })]);
      org.changed();
      return wantsJson(request) ? reply.send(result) : go(reply, result, { kind: 'done', text: result.message });
    });
  }

  server.get<{ Params: Params }>('/admin/app/cpc/:appName/oauth/callback', async (request, reply) => {
    const parameters = new URL(request.url, origin).searchParams;
    const state = parameters.get('state') ?? '';
    const app = [...org.apps.values()].find((each) => each.connection.isAwaiting(state));
    if (!app || app.general.appName !== request.params['appName']) {
      throw new Refused('This authentication was not started here, or it has expired. Start it again.');
    }
    const location = `${origin}/admin/apps/${app.id}/provisioning`;
    const notice = await app.connection.completeAuthentication(state, parameters).then(
      (): Notice => ({ kind: 'done', text: 'Authenticated with Tidegate. Test the API credentials, then save.' }),
      (error: unknown): Notice => ({ kind: 'failed', text: `Authentication failed: ${explain(error).detail}` }),
    );
    org.changed();
    return go(reply, { location, message: notice.text }, notice);
  });

  server.setErrorHandler((error, request, reply) => {
    const { status, detail } = explain(error);
    if (status === 500) request.log.error(error);
    if (wantsJson(request)) return reply.code(status).type('application/problem+json').send({ status, detail });
    const formPath = request.method === 'POST' ? adminPathOf(origin, request.headers.referer) : undefined;
    const notice: Notice = { kind: 'failed', text: detail };
    if (formPath) return go(reply, { location: formPath, message: detail }, notice);
    return sendHtml(reply.code(status), page('Error', '', html``, notice));
  });

  function go(reply: FastifyReply, { location }: ActionResult, notice: Notice) {
    const isLocal = location.startsWith('/') || location.startsWith(`${origin}/admin/`);
    return reply.redirect(isLocal ? `${location}?notice=${notices.add(notice)}` : location, 303);
  }
}

function sendHtml(reply: FastifyReply, text: string) {
  return reply.type('text/html; charset=utf-8').send(text);
}

function wantsJson(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('application/json');
}

/** @returns status and message for an error; 500 for unknown errors */
function explain(error: unknown): { status: number; detail: string } {
  if (error instanceof Refused) return { status: error.status, detail: error.message };
  if (error instanceof ScimFailure)
    return { status: 502, detail: error.status === undefined ? error.detail : `Tidegate returned ${error.message}` };
  if (error instanceof OAuthFailure) return { status: 502, detail: error.message };
  const { statusCode = 500, message = '' } = error as { statusCode?: number; message?: string };
  return statusCode < 500 ? { status: statusCode, detail: message } : { status: 500, detail: 'The simulator failed.' };
}

/** @returns the path of an admin page without its query; undefined for other addresses */
function adminPathOf(origin: string, address = ''): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.origin === origin && url.pathname.startsWith('/admin/') ? url.pathname : undefined;
}
