import { type AppKind } from './app-kind.js';
import { OktaApp, testConnection } from './app.js';
import { Organization } from './organization.js';
import { ScimClient, ScimFailure } from './scim-client.js';

export const USAGE = `Simulates an Okta organization that provisions to Tidegate.

  npm run start:okta-simulator -- --scim-base-url URL --token TOKEN [--kind oin|aiw] [--bare-token] ACTION

  play                    tests the connection, provisions ten people and two groups, and imports them
  deactivate USER_NAME    sends what Okta sends for a deactivation: alice@acme.example
  reactivate USER_NAME    sends what Okta sends for a reactivation

The token can also be set as TIDEGATE_SCIM_TOKEN.

  npm run start:okta-simulator -- serve [--port 4000] [--host 127.0.0.1] [--origin URL] [--tidegate URL] [--file FILE]

Serves an organization with admin pages and an OpenID Connect login. The admin pages require no login.
--tidegate: URL of Tidegate; default http://127.0.0.1:3000. --file: stores the organization.
`;

export interface CommandLine {
  baseUrl: string;
  token: string;
  authentication: 'bearer' | 'bare';
  kind: AppKind;
  action: string;
  userName: string | undefined;
}

const PEOPLE = ['alice', 'bob', 'carol', 'dan', 'erin', 'person06', 'person07', 'person08', 'person09', 'person10'];

/** @returns the exit code: 0 success, 1 failed requests, 2 invalid arguments */
export async function runCommand(command: CommandLine, print: (line: string) => void): Promise<number> {
  const client = new ScimClient({
    ...command,
    wait: (seconds) => {
      print(`429: waiting ${seconds} seconds`);
      return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    },
  });
  const app = new OktaApp(command.kind, client);
  try {
    const valid = await runAction(app, command, print);
    if (!valid) print(USAGE);
    for (const task of app.tasks.failed) print(`failed: ${task.label}: ${task.status ?? 'no response'} ${task.detail}`);
    if (!valid) return 2;
    return app.tasks.failed.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ScimFailure)) throw error;
    print(`failed: ${error.message}`);
    return 1;
  } finally {
    client.close();
  }
}

async function runAction(
  app: OktaApp,
  { action, userName }: CommandLine,
  print: (line: string) => void,
): Promise<boolean> {
  const organization = new Organization();
  switch (action) {
    case 'play':
      await play(app, organization, print);
      return true;
    case 'deactivate':
    case 'reactivate': {
      if (!userName) return false;
      const person = organization.addPerson(userName, userName, 'Acme');
      if (!(await app.users.find(person))) throw new ScimFailure(404, `${userName} was not found`);
      if (await app.users[action](person)) print(`${action}d ${userName}`);
      return true;
    }
    default:
      return false;
  }
}

async function play(app: OktaApp, organization: Organization, print: (line: string) => void): Promise<void> {
  await testConnection(app.client);
  print('connection test succeeded');
  const people = PEOPLE.map((name) => organization.addPerson(`${name}@acme.example`, capitalized(name), 'Acme'));
  for (const person of people) {
    if (await app.users.assign(person)) print(`assigned ${person.profile.userName}`);
  }
  for (const group of [organization.addGroup('Engineering', people), organization.addGroup('On-call', [])]) {
    if (await app.groups.push(group)) print(`pushed ${group.name} with ${group.members.size} members`);
  }
  const imported = await app.import();
  if (imported) print(`imported ${imported.users.length} active users and ${imported.groups.length} groups`);
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
