import { alice } from '@tidegate/testing';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, at, filled, newTenant, send } from './http.js';
import { startInProcess } from './in-process.js';
import { type Tidegate } from './system.js';

interface Assertion {
  comparison: string;
  source: string;
  value: string | null;
  property?: string;
}
interface Step {
  step_type: string;
  note: string;
  method: string;
  url: string;
  body?: string;
  headers: Record<string, string[]>;
  assertions: Assertion[];
  variables: { name: string; property: string }[];
}

/** Published at https://developer.okta.com/standards/SCIM/SCIMFiles/Okta-SCIM-20-SPEC-Test.json, to be run manually. */
const FILE = join(__dirname, 'okta', 'Okta-SCIM-20-SPEC-Test.json');
const { steps } = JSON.parse(readFileSync(FILE, 'utf8')) as { steps: Step[] };
const requests = steps.filter((step) => step.step_type === 'request');

describe("Okta's published SPEC test", () => {
  const variables = new Map<string, unknown>();
  let tidegate: Tidegate;

  beforeAll(async () => {
    tidegate = await startInProcess();
    const { scimBaseUrl, token } = await newTenant(tidegate);
    const random = randomBytes(6).toString('hex');
    const values = {
      SCIMBaseURL: scimBaseUrl,
      auth: `Bearer ${token}`,
      InvalidUserEmail: 'unknown@example.com',
      UserIdThatDoesNotExist: '010101001010101011001010101011',
      randomUsername: `${random}@example.com`,
      randomUsernameCaps: `${random}@example.com`.toUpperCase(),
      randomEmail: `${random}@mail.example.com`,
      randomGivenName: `Given ${random}`,
      randomFamilyName: `Family ${random}`,
    };
    for (const [name, value] of Object.entries(values)) variables.set(name, value);
    // The test requires at least one user.
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
    const created = await send('POST', `${scimBaseUrl}/Users`, headers, JSON.stringify(alice()));
    expect(created).toMatchObject({ status: 201 });
  });

  afterAll(() => tidegate?.stop());

  it('runs completely', () => {
    expect(requests.filter(({ note }) => note.startsWith('Required Test'))).toHaveLength(11);
  });

  it.each(requests.map((step) => [step.note.trim(), step] as const))('%s', async (_, step) => {
    const { method, url, body, assertions, variables: saves } = step;
    const headers = Object.fromEntries(Object.entries(step.headers).map(([name, values]) => [name, values.join(', ')]));
    const request = filled({ url, body, headers, assertions }, variables) as typeof step & { headers: typeof headers };
    const answer = await send(method, request.url, request.headers, request.body);
    // Response times are not tested here.
    for (const assertion of request.assertions.filter(({ source }) => source !== 'response_time'))
      expect([assertion, holds(assertion, answer), answer.text]).toEqual([assertion, true, answer.text]);
    for (const { name, property } of saves) variables.set(name, at(answer.body, property));
  });
});

/** Evaluates an assertion of the file. @throws Error for an unknown comparison */
function holds({ comparison, source, value, property = '' }: Assertion, answer: Answer): boolean {
  const found = source === 'response_status' ? answer.status : at(answer.body, property);
  switch (comparison) {
    case 'equal_number':
      return Number(found) === Number(value);
    case 'equal':
      return String(found) === value;
    case 'is_a_number':
      return typeof found === 'number';
    case 'not_empty':
      return found !== undefined && found !== null && found !== '' && !(Array.isArray(found) && found.length === 0);
    case 'has_value':
    case 'contains':
      return Array.isArray(found) && found.includes(value);
    default:
      throw new Error(`Unknown comparison in the file: ${comparison}.`);
  }
}
