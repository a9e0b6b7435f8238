import { type Dialect } from './dialects.js';

const OKTA = 'https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20';
const OKTA_SAMPLE = 'https://developer.okta.com/docs/guides/scim-with-entitlements/main/';
const OKTA_CONNECT = 'https://developer.okta.com/docs/guides/scim-provisioning-integration-connect/main/';
const ENTRA = 'https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups';
const ENTRA_FAULTS =
  'https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility';
const ENTRA_VALIDATOR = 'https://learn.microsoft.com/entra/identity/app-provisioning/scim-validator-tutorial';

type Quirk = {
  /** The accepted deviation from the RFCs, in one sentence. */
  what: string;
  /** The result in the other dialects. */
  otherwise: string;
  /** Evidence that clients send it: a page of the vendor or a public report. */
  source: string;
  /** The dialects that accept it; the others refuse it, or follow the RFCs. */
  dialects: readonly Dialect[];
};

const BOTH = ['okta', 'entra'] as const;

/**
 * All accepted deviations from RFC 7643 and 7644, by the dialect of an integration. Code that accepts a deviation must
 * call `tolerates`.
 */
export const QUIRKS = {
  opInAnyCase: {
    what: 'The `op` of a PATCH and the `method` of a bulk operation can be in any case, such as "Replace".',
    otherwise: '400 invalidSyntax',
    source: ENTRA,
    dialects: BOTH,
  },
  booleansAsText: {
    what: 'Booleans can be the strings "True" and "False", in bodies, PATCH values and filters.',
    otherwise: '400 invalidValue; in a filter invalidFilter',
    source: ENTRA_FAULTS,
    dialects: BOTH,
  },
  numbersAsText: {
    what: 'Numbers are accepted for string attributes, in bodies, PATCH values and filters.',
    otherwise: '400 invalidValue; in a filter invalidFilter',
    source: OKTA_SAMPLE,
    dialects: BOTH,
  },
  schemasMissing: {
    what: '`schemas` can be missing, or lack the URN of the resource or message.',
    otherwise: '400 invalidSyntax',
    source: 'https://github.com/goauthentik/authentik/issues/11249',
    dialects: BOTH,
  },
  schemasForeign: {
    what: '`schemas` can contain schemas that the resource type does not have.',
    otherwise: '400 invalidValue',
    source: ENTRA,
    dialects: BOTH,
  },
  coreAttributesUnderUrn: {
    what: 'Core attributes can be inside an object under the URN of the core schema, and that URN can be a PATCH path.',
    otherwise: '400 invalidSyntax; in a PATCH invalidPath',
    source: 'https://github.com/zulip/zulip/issues/39773',
    dialects: BOTH,
  },
  oneForMany: {
    what: 'A multi-valued attribute can be a single value instead of an array.',
    otherwise: '400 invalidValue',
    source: 'https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/419',
    dialects: BOTH,
  },
  plainForComplex: {
    what: 'A plain value is read as an object with that `value`, such as the manager as a string; "" means unassigned.',
    otherwise: '400 invalidValue',
    source: ENTRA,
    dialects: BOTH,
  },
  emptyListForOne: {
    what: '[] unassigns a single-valued attribute.',
    otherwise: '400 invalidValue',
    source: ENTRA_FAULTS,
    dialects: BOTH,
  },
  looseFormats: {
    what: 'References that are not URIs and binaries that are not base64 are stored unchanged.',
    otherwise: '400 invalidValue',
    source: ENTRA_VALIDATOR,
    dialects: BOTH,
  },
  dotAfterUrn: {
    what: 'In paths, a dot can separate the URN of a schema from an attribute, such as `urn:…:User.manager.value`.',
    otherwise: '400 invalidPath; in a body invalidSyntax; in a filter invalidFilter',
    source: ENTRA_FAULTS,
    dialects: BOTH,
  },
  pathsAsNames: {
    what: 'Names can be URN-qualified, and in a PATCH value without path also dotted or with a value filter.',
    otherwise: '400 invalidSyntax; in a PATCH invalidPath',
    source: ENTRA_FAULTS,
    dialects: BOTH,
  },
  readOnlyInPatchValue: {
    what: 'Read-only attributes in a PATCH value without path, such as `id`, are ignored.',
    otherwise: '400 mutability',
    source: OKTA,
    dialects: BOTH,
  },
  removeThoseNamed: {
    what: 'A `remove` with an array as value removes only those values or members.',
    otherwise: '400 invalidSyntax',
    source: ENTRA,
    dialects: BOTH,
  },
  removeOfNothing: {
    what: 'A `remove` whose filter matches nothing succeeds without a change.',
    otherwise: '400 noTarget',
    source: OKTA,
    dialects: BOTH,
  },
  replaceCreates: {
    what: 'A `replace` of a sub-attribute whose filter matches nothing creates the value.',
    otherwise: '400 noTarget',
    source: 'https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/73',
    dialects: BOTH,
  },
  unknownMembers: {
    what: 'Unknown members are ignored.',
    otherwise: '400 invalidValue, without a change',
    source: 'https://github.com/fleetdm/fleet/issues/52600',
    dialects: BOTH,
  },
  comparisonAfterBrackets: {
    what: 'A filter can continue after the brackets, such as `emails[type eq "work"].value eq "x"`.',
    otherwise: '400 invalidFilter',
    source: ENTRA,
    dialects: BOTH,
  },
  bothProjections: {
    what: '`attributes` and `excludedAttributes` can be used together; `attributes` wins.',
    otherwise: '400 invalidValue',
    source: ENTRA,
    dialects: BOTH,
  },
  bareToken: {
    what: 'The Authorization header can contain the token without the scheme Bearer.',
    otherwise: '401',
    source: OKTA_CONNECT,
    dialects: BOTH,
  },
  groupPatchWithoutBody: {
    what: 'The PATCH of a group returns 204, because the response must not contain members.',
    otherwise: '200 with the group; above 500 members 204',
    source: ENTRA,
    dialects: ['entra'],
  },
  groupNamesUnique: {
    what: 'A group cannot get the `displayName` of another group, ignoring case: 409 uniqueness.',
    otherwise: 'accepted',
    source: ENTRA_VALIDATOR,
    dialects: ['entra'],
  },
} as const satisfies Record<string, Quirk>;

export type QuirkName = keyof typeof QUIRKS;

/** Whether integrations with that dialect tolerate a quirk. */
export function tolerates(dialect: Dialect, quirk: QuirkName): boolean {
  const { dialects }: Quirk = QUIRKS[quirk];
  return dialects.includes(dialect);
}
