import { type AppInstance } from '../org/app-instance.js';
import { type OktaOrg } from '../org/okta-org.js';
import { LIFECYCLE, type Lifecycle } from '../org/people.js';
import { type IntegrationSettings } from '../org/settings.js';
import { type Form } from './form.js';
import { generalFrom } from './general-form.js';

export interface ActionContext {
  org: OktaOrg;
  /** Ids from the path. */
  params: Record<string, string>;
  form: Form;
}

/** Result of an action. Browsers are redirected to `location`; JSON clients get the whole object. */
export interface ActionResult {
  location: string;
  message: string;
  [extra: string]: unknown;
}

type Action = (context: ActionContext) => ActionResult | Promise<ActionResult>;

const app = ({ org, params }: ActionContext) => org.app(params['app'] ?? '');
const person = ({ org, params }: ActionContext) => org.person(params['person'] ?? '');
const group = ({ org, params }: ActionContext) => org.group(params['group'] ?? '');
const tabPath = (target: AppInstance, name: string) => `/admin/apps/${target.id}/${name}`;

/** All POST actions of the admin pages, by path. All throw Refused; those that call the server also ScimFailure or OAuthFailure. */
export const ACTIONS: Record<string, Action> = {
  '/admin/apps': ({ org, form }) => {
    const added = org.addApp(form.text('key'), form.text('label'));
    return { location: tabPath(added, 'general'), message: `${added.general.label} was added.`, id: added.id };
  },
  '/admin/apps/:app/remove': (context) => {
    context.org.removeApp(app(context).id);
    return { location: '/admin/apps', message: 'The app was removed.' };
  },
  '/admin/apps/:app/general': (context) => {
    const target = app(context);
    target.general = generalFrom(context.form, target);
    return { location: tabPath(target, 'general'), message: 'Saved.' };
  },
  '/admin/apps/:app/authenticate': (context) => {
    const { connection } = app(context);
    connection.edit(integrationFrom(context.form));
    return { location: connection.authenticate(), message: 'Continue at the authorization server.' };
  },
  '/admin/apps/:app/test': async (context) => {
    const target = app(context);
    target.connection.edit(integrationFrom(context.form));
    await target.connection.test();
    return { location: tabPath(target, 'provisioning'), message: `${target.general.label} was verified successfully.` };
  },
  '/admin/apps/:app/integration': async (context) => {
    const target = app(context);
    target.connection.edit(integrationFrom(context.form));
    await target.connection.save();
    return { location: tabPath(target, 'provisioning'), message: 'Saved.' };
  },
  '/admin/apps/:app/to-app': (context) => {
    const { form } = context;
    const target = app(context);
    target.toApp = { create: form.flag('create'), update: form.flag('update'), deactivate: form.flag('deactivate') };
    return { location: tabPath(target, 'to-app'), message: 'Saved.' };
  },
  '/admin/apps/:app/import': async (context) => {
    const target = app(context);
    const { users, groups } = await target.import();
    const message = `Found ${users.length} active users and ${groups.length} groups.`;
    return { location: tabPath(target, 'to-okta'), message, users, groups };
  },
  '/admin/apps/:app/assignments': (context) => {
    const target = app(context);
    for (const assignee of assignees(context)) target.assignments.assign(assignee);
    return { location: tabPath(target, 'assignments'), message: 'Assigned.' };
  },
  '/admin/apps/:app/assignments/remove': (context) => {
    const target = app(context);
    for (const assignee of assignees(context)) target.assignments.unassign(assignee);
    return { location: tabPath(target, 'assignments'), message: 'Unassigned.' };
  },
  '/admin/apps/:app/push-groups': (context) => {
    const target = app(context);
    for (const id of context.form.list('group')) target.pushGroups.pushByName(context.org.group(id));
    return { location: tabPath(target, 'push-groups'), message: 'The group was added to the push.' };
  },
  '/admin/apps/:app/push-groups/:group/push': (context) => {
    app(context).pushGroups.pushNow(group(context));
    return { location: tabPath(app(context), 'push-groups'), message: 'Pushed.' };
  },
  '/admin/apps/:app/push-groups/:group/activate': (context) => {
    app(context).pushGroups.setActive(group(context), true);
    return { location: tabPath(app(context), 'push-groups'), message: 'Activated. The whole group is pushed.' };
  },
  '/admin/apps/:app/push-groups/:group/deactivate': (context) => {
    app(context).pushGroups.setActive(group(context), false);
    return {
      location: tabPath(app(context), 'push-groups'),
      message: 'Deactivated. Changes of this group are no longer sent.',
    };
  },
  '/admin/apps/:app/push-groups/:group/unlink': (context) => {
    app(context).pushGroups.unlink(group(context), context.form.choice('target', ['delete', 'leave']));
    return { location: tabPath(app(context), 'push-groups'), message: 'Unlinked.' };
  },
  '/admin/apps/:app/push-rules': (context) => {
    const { org, form } = context;
    const match = form.choice('match', ['starts with', 'contains', 'ends with']);
    app(context).pushGroups.pushByRule({ match, value: form.text('value') }, org.directory.groups.values());
    return { location: tabPath(app(context), 'push-groups'), message: 'The rule was created.' };
  },
  '/admin/apps/:app/push-rules/remove': (context) => {
    app(context).pushGroups.removeRule(context.form.integer('index', 0, 1_000));
    return { location: tabPath(app(context), 'push-groups'), message: 'The rule was removed. Its groups stay pushed.' };
  },
  '/admin/people': ({ org, form }) => {
    const [userName, givenName, familyName] = [form.text('userName'), form.text('givenName'), form.text('familyName')];
    const [password, activate] = [form.text('password'), form.flag('activate')];
    const { id } = org.people.create({ userName, givenName, familyName, password, activate });
    return { location: `/admin/people/${id}`, message: `${userName} was added.`, id };
  },
  '/admin/people/:person/profile': (context) => {
    const { org, form } = context;
    const changes = profileFrom(form);
    org.people.update(person(context), changes);
    return { location: `/admin/people/${person(context).id}`, message: 'Saved.' };
  },
  '/admin/people/:person/lifecycle': (context) => {
    const lifecycle = context.form.choice('action', Object.keys(LIFECYCLE) as Lifecycle[]);
    context.org.people.change(person(context), lifecycle);
    return { location: `/admin/people/${person(context).id}`, message: `The status is now ${person(context).status}.` };
  },
  '/admin/people/:person/password': (context) => {
    context.org.people.setPassword(person(context), context.form.text('password'));
    return { location: `/admin/people/${person(context).id}`, message: 'The password was set.' };
  },
  '/admin/people/:person/remove': (context) => {
    context.org.people.remove(person(context));
    return { location: '/admin/people', message: 'Deleted.' };
  },
  '/admin/groups': ({ org, form }) => {
    const { id } = org.groups.create(form.text('name'));
    return { location: `/admin/groups/${id}`, message: 'The group was created.', id };
  },
  '/admin/groups/:group/name': (context) => {
    context.org.groups.rename(group(context), context.form.text('name'));
    return { location: `/admin/groups/${group(context).id}`, message: 'Renamed.' };
  },
  '/admin/groups/:group/members': (context) => {
    const add = context.form.list('person').map((id) => context.org.person(id));
    context.org.groups.changeMembers(group(context), { add });
    return { location: `/admin/groups/${group(context).id}`, message: 'Added.' };
  },
  '/admin/groups/:group/members/remove': (context) => {
    const remove = context.form.list('person').map((id) => context.org.person(id));
    context.org.groups.changeMembers(group(context), { remove });
    return { location: `/admin/groups/${group(context).id}`, message: 'Removed.' };
  },
  '/admin/clients': ({ org, form }) => {
    const { clientId, clientSecret } = org.loginClients.create({
      label: form.text('label'),
      clientAuthentication: form.text('clientAuthentication') === 'post' ? 'post' : 'basic',
      redirectUris: form.list('redirectUris'),
      postLogoutRedirectUris: form.list('postLogoutRedirectUris'),
    });
    const message = `Client ID ${clientId}, client secret ${clientSecret}. Copy the secret now: it is shown only once.`;
    return { location: '/admin/clients', message, clientId, clientSecret };
  },
  '/admin/clients/:client/remove': ({ org, params }) => {
    org.loginClients.remove(params['client'] ?? '');
    return { location: '/admin/clients', message: 'Removed.' };
  },
  '/admin/tasks/retry': ({ org, form }) => {
    for (const task of form.list('task')) {
      const [id = '', number] = task.split('.');
      void org.app(id).tasks.retry([Number(number)]);
    }
    return { location: '/admin/tasks', message: 'Retried.' };
  },
};

function integrationFrom(form: Form): IntegrationSettings {
  return {
    enabled: form.flag('enabled'),
    connectionId: form.text('connectionId'),
    baseUrl: form.text('baseUrl'),
    authorizeUrl: form.text('authorizeUrl'),
    tokenUrl: form.text('tokenUrl'),
    token: form.text('token'),
  };
}

function assignees({ org, form }: ActionContext) {
  return [
    ...form.list('person').map((id) => ({ person: org.person(id) })),
    ...form.list('group').map((id) => ({ group: org.group(id) })),
  ];
}

/** @returns the entered values as SCIM attributes, without empty ones */
function profileFrom(form: Form) {
  const plain = ['userName', 'displayName', 'title'].filter((name) => form.text(name));
  const name = ['givenName', 'familyName'].filter((each) => form.text(each));
  return {
    ...Object.fromEntries(plain.map((each) => [each, form.text(each)])),
    ...(name.length > 0 && { name: Object.fromEntries(name.map((each) => [each, form.text(each)])) }),
  };
}
