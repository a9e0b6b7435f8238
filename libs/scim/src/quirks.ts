import { type Dialect } from './dialects.js';

const OKTA = 'https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20';
const OKTA_SAMPLE = 'https://developer.okta.com/docs/guides/scim-with-entitlements/main/';
const OKTA_CONNECT = 'https://developer.okta.com/docs/guides/scim-provisioning-integration-connect/main/';
const ENTRA = 'https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups';
const ENTRA_FAULTS =
  'https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility';
const ENTRA_VALIDATOR = 'https://learn.microsoft.com/entra/identity/app-provisioning/scim-validator-tutorial';

type Quirk = {
  /** What is taken that the RFCs do not have, in one sentence. */
  what: string;
  /** What comes of it in the other dialects. */
  otherwise: string;
  /** Who sends it: a page of the vendor or a public report. */
  source: string;
  /** Those that take it; in the others it is refused, or read by the letter of the RFCs. */
  dialects: readonly Dialect[];
};

const BOTH = ['okta', 'entra'] as const;

/**
 * What is tolerated beyond RFC 7643 and 7644, by the dialect of an integration. Whatever code tolerates something asks
 * `tolerates`, and nothing else does: this is all of it.
 */
export const QUIRKS = {
  opInAnyCase: {
    what: 'The `op` of a PATCH and the `method` of a bulk operation are written in any case, such as "Replace".',
    otherwise: '400 invalidSyntax',
    source: ENTRA,
    dialects: BOTH,
  },
  booleansAsText: {
    what: 'Booleans are the texts "True" and "False", in bodies, PATCH values and filters.',
    otherwise: '400 invalidValue; in a filter invalidFilter',
    source: ENTRA_FAULTS,
    dialects: BOTH,
  },
  numbersAsText: {
    what: 'Numbers stand where the schema says string, in bodies, PATCH values and filters.',
    otherwise: '400 invalidValue; in a filter invalidFilter',
    source: OKTA_SAMPLE,
    dialects: BOTH,
  },
  schemasMissing: {
    what: 'A body comes without `schemas`, or without the URN of what it is.',
    otherwise: '400 invalidSyntax',
    source: 'https://github.com/goauthentik/authentik/issues/11249',
    dialects: BOTH,
  },
  schemasForeign: {
    what: '`schemas` names schemas that the resource type does not have.',
    otherwise: '400 invalidValue',
    source: ENTRA,
    dialects: BOTH,
  },
  coreAttributesUnderUrn: {
    what: 'Core attributes stand inside an object under the URN of the core schema, and that URN is the path of a PATCH.',
    otherwise: '400 invalidSyntax; in a PATCH invalidPath',
    source: 'https://github.com/zulip/zulip/issues/39773',
    dialects: BOTH,
  },
  oneForMany: {
    what: 'A single value stands where the attribute has an array of values.',
    otherwise: '400 invalidValue',
    source: 'https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/419',
    dialects: BOTH,
  },
  plainForComplex: {
    what: 'A plain value stands for an object with that `value`, such as the manager as a string, and "" for none.',
    otherwise: '400 invalidValue',
    source: ENTRA,
    dialects: BOTH,
  },
  emptyListForOne: {
    what: '[] unassigns an attribute that has a single value.',
    otherwise: '400 invalidValue',
    source: ENTRA_FAULTS,
    dialects: BOTH,
  },
  looseFormats: {
    what: 'References that are no URIs and binaries that are not base64 are kept as they are.',
    otherwise: '400 invalidValue',
    source: ENTRA_VALIDATOR,
    dialects: BOTH,
  },
  pathsAsNames: {
    what: 'Names are URN-qualified, and in a PATCH value without path also dotted or with a value filter.',
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
    what: 'A `remove` with an array as value takes away only those values, or members.',
    otherwise: '400 invalidSyntax',
    source: ENTRA,
    dialects: BOTH,
  },
  removeOfNothing: {
    what: 'A `remove` whose filter matches nothing succeeds, for it was done before.',
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
    what: 'Members that this service does not know are passed over.',
    otherwise: '400 invalidValue, and nothing is changed',
    source: 'https://github.com/fleetdm/fleet/issues/52600',
    dialects: BOTH,
  },
  comparisonAfterBrackets: {
    what: 'A filter goes on after the brackets, such as `emails[type eq "work"].value eq "x"`.',
    otherwise: '400 invalidFilter',
    source: ENTRA,
    dialects: BOTH,
  },
  bothProjections: {
    what: '`attributes` and `excludedAttributes` are given together; `attributes` wins.',
    otherwise: '400 invalidValue',
    source: ENTRA,
    dialects: BOTH,
  },
  bareToken: {
    what: 'The Authorization header holds the token without the scheme Bearer.',
    otherwise: '401',
    source: OKTA_CONNECT,
    dialects: BOTH,
  },
  groupPatchWithoutBody: {
    what: 'The PATCH of a group is answered with 204, for its answer must not tell members.',
    otherwise: '200 with the group; above 500 members 204',
    source: ENTRA,
    dialects: ['entra'],
  },
} as const satisfies Record<string, Quirk>;

export type QuirkName = keyof typeof QUIRKS;

/** Whether an integration of that dialect tolerates a quirk. */
export function tolerates(dialect: Dialect, quirk: QuirkName): boolean {
  const { dialects }: Quirk = QUIRKS[quirk];
  return dialects.includes(dialect);
}
