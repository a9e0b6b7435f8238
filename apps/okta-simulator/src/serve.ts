import { randomBytes } from 'node:crypto';
import { type OktaOrg } from './org/okta-org.js';
import { loadOrg, saveOrg } from './org/store.js';
import { type OktaSimulator, startOktaSimulator } from './simulator.js';

export interface ServeOptions {
  port: number;
  host: string;
  origin: string | undefined;
  tidegate: string;
  /** File that stores the organization; without one it is lost when the simulator stops. */
  file: string | undefined;
}

const PEOPLE = ['Alice Archer', 'Bob Baker', 'Carol Carter', 'Dan Draper', 'Erin Evans'];

/** Serves the organization of the file, or a sample with five people and two groups. */
export async function serve(options: ServeOptions, print: (line: string) => void): Promise<OktaSimulator> {
  const { file, origin, ...rest } = options;
  const simulator = await startOktaSimulator({
    ...rest,
    ...(origin !== undefined && { origin }),
    load: (org) => {
      if (!file || !loadOrg(org, file)) print(`Password of all sample users: ${addSample(org)}`);
    },
    ...(file !== undefined && { changed: (org: OktaOrg) => saveOrg(org, file) }),
  });
  simulator.org.changed();
  print(
    `Okta simulator at ${simulator.origin}: for testing only. It is not Okta, and its admin pages require no login`,
  );
  print(`OpenID Connect issuer: ${simulator.origin}`);
  return simulator;
}

/** @returns the password of all sample users */
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
