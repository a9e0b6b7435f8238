import { type AppInstance } from '../org/app-instance.js';
import { type Organization } from '../organization.js';
import { type Html, html } from './html.js';
import { button, field, select, state, table } from './layout.js';
import { assignmentsOf } from './views.js';

export function assignments(app: AppInstance, path: string, directory: Organization): Html {
  const people = [...directory.people.values()].filter((person) => !app.assignments.people.has(person));
  const groups = [...directory.groups.values()].filter((group) => !app.assignments.groups.has(group));
  const assigned = assignmentsOf(app, directory).map(
    ({ person, userName, scope, state: scimState }) =>
      html`<tr>
        <td>${userName}</td>
        <td>${scope}</td>
        <td>${state(scimState)}</td>
        <td>${scope === 'person' && button(`${path}/assignments/remove`, 'Unassign', { person })}</td>
      </tr>`,
  );
  const throughGroups = [...app.assignments.groups].map(
    (group) =>
      html`<tr>
        <td>${group.name}</td>
        <td>${group.members.size}</td>
        <td>${button(`${path}/assignments/remove`, 'Unassign', { group: group.id })}</td>
      </tr>`,
  );
  return html`<section>
      <h2>Assign</h2>
      <div class="row">
        <form class="row" method="post" action="${path}/assignments">
          ${select(
            'person',
            'To a person',
            people.map((each) => [each.id, each.profile.userName]),
          )}<button>Assign</button>
        </form>
        <form class="row" method="post" action="${path}/assignments">
          ${select(
            'group',
            'To a group',
            groups.map((each) => [each.id, each.name]),
          )}<button>Assign</button>
        </form>
      </div>
    </section>
    <section>
      <h2>People</h2>
      ${table(['Username', 'Assigned as', 'In Tidegate', ''], assigned, 'No people are assigned.')}
    </section>
    <section>
      <h2>Groups</h2>
      ${table(['Group', 'Members', ''], throughGroups, 'No groups are assigned.')}
    </section>`;
}

export function pushGroups(
  { pushGroups: push, provisioning: { groups } }: AppInstance,
  path: string,
  directory: Organization,
): Html {
  const unpushed = [...directory.groups.values()].filter((group) => !push.mappings.has(group));
  const rows = [...push.mappings].map(([group, { active, rule }]) => {
    const groupPath = `${path}/push-groups/${group.id}`;
    return html`<tr>
      <td>${group.name}</td>
      <td>${rule ? `${rule.match} ${rule.value}` : 'by name'}</td>
      <td>${state(active ? 'active' : 'inactive')} ${groups.has(group) ? '' : 'not pushed yet'}</td>
      <td class="row">
        ${button(`${groupPath}/push`, 'Push Now')}
        ${active ? button(`${groupPath}/deactivate`, 'Deactivate') : button(`${groupPath}/activate`, 'Activate')}
        ${button(`${groupPath}/unlink`, 'Unlink, delete in Tidegate', { target: 'delete' })}
        ${button(`${groupPath}/unlink`, 'Unlink, keep in Tidegate', { target: 'leave' })}
      </td>
    </tr>`;
  });
  const rules = push.rules.map(
    ({ match, value }, index) =>
      html`<tr>
        <td>${match} ${value}</td>
        <td>${button(`${path}/push-rules/remove`, 'Remove', { index: String(index) })}</td>
      </tr>`,
  );
  const matches = ['starts with', 'contains', 'ends with'].map((match) => [match, match] as const);
  return html`<section>
      <h2>Push groups</h2>
      <div class="row">
        <form class="row" method="post" action="${path}/push-groups">
          ${select(
            'group',
            'Find groups by name',
            unpushed.map((each) => [each.id, each.name]),
          )}<button>Push</button>
        </form>
        <form class="row" method="post" action="${path}/push-rules">
          ${select('match', 'Find groups by rule: name', matches)} ${field('value', 'Value')}<button>
            Create rule
          </button>
        </form>
      </div>
    </section>
    <section>
      <h2>Pushed groups</h2>
      ${table(['Group', 'Selected', 'Push', ''], rows, 'No groups are pushed.')}
    </section>
    <section>
      <h2>Rules</h2>
      ${table(['Name', ''], rules, 'No rules.')}
    </section>`;
}
