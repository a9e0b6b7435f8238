import { randomBytes } from 'node:crypto';
import { type OktaOrg } from './org/okta-org.js';
import { loadOrg, saveOrg } from './org/store.js';
import { type OktaSimulator, startOktaSimulator } from './simulator.js';

export interface ServeOptions {
  port: number;
  host: string;
  origin: string | undefined;
  tidegate: string;
  /** Where the organization is kept; without one it is gone when the simulator ends. */
  file: string | undefined;
}

const PEOPLE = ['Alice Archer', 'Bob Baker', 'Carol Carter', 'Dan Draper', 'Erin Evans'];

/** Serves an organization: the one in the file, or one of five people and two groups. */
export async function serve(options: ServeOptions, print: (line: string) => void): Promise<OktaSimulator> {
  const { file, origin, ...rest } = options;
  const simulator = await startOktaSimulator({
    ...rest,
    ...(origin !== undefined && { origin }),
    load: (org) => {
      if (!file || !loadOrg(org, file)) print(`Everybody of the sample logs in with the password ${addSample(org)}`);
    },
    ...(file !== undefined && { changed: (org: OktaOrg) => saveOrg(org, file) }),
  });
  simulator.org.changed();
  print(`Okta simulator at ${simulator.origin}: for trying out, it is not Okta and asks nobody to log in`);
  print(`OpenID Connect issuer: ${simulator.origin}`);
  return simulator;
}

/** @returns the password that all were given */
function addSample(org: OktaOrg): string {
  const password = randomBytes(9).toString('base64url');
  const people = PEOPLE.map((name) => {
    const [givenName = '', familyName = ''] = name.split(' ');
    const userName = `${givenName}@acme.example`.toLowerCase();
    return org.people.create({ userName, givenName, familyName, password });
  });
  org.groups.changeMembers(org.groups.create('Engineering'), { add: people });
  org.groups.changeMembers(org.groups.create('On-call'), { add: people.slice(1, 3) });
  return password;
}
