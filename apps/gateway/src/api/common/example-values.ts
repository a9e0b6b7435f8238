import { type NamedActor, type RequestApprover, type UserRef } from '@tidegate/contracts';

// The examples of the OpenAPI document share these: alice requests, bob reviews, dan administers.
export const ORIGIN = 'https://tidegate.example.com';
export const INTEGRATION = '01a20a91-9f1a-762e-8330-4b3a2dcf66da';
export const ALICE = '01a20a91-ad20-705e-bcec-ab8f81b43b77';
export const BOB = '01a20a91-ad77-74a2-98b9-b272faa1f156';
export const GROUP = '01a20a91-afc7-726e-bef1-a397e17d5072';
export const OPERATIONS = '01a20a91-b0f3-7b1d-9f0e-6f2a1c3d4e5f';
export const FLOW = '01a20a91-bd6b-77d5-b0e8-c813945f1002';
export const REQUEST = '01a20a92-34a6-7281-aed3-495c4bda9a9c';
export const GRANT = '01a20a92-3535-7217-ac85-49557f2ecd39';
export const TOKEN = '01a21639-4e92-7106-865c-c648bd8eb35d';
export const ISSUER = 'https://acme.okta.com';
export const BOB_SUBJECT = '00u1bob4bob4bob4bob4';
export const DAN = '00u1dan4dan4dan4dan4';
export const INTEGRATION_NAME = 'Acme Okta';
export const INTEGRATION_REF = { id: INTEGRATION, name: INTEGRATION_NAME };
export const FLOW_NAME = 'With approval';
export const GROUP_NAME = 'Production database';
export const OPERATIONS_NAME = 'Operations';
export const ALICE_NAMES = { userName: 'alice.archer@example.com', userDisplayName: 'Alice Archer' };
export const BOB_REF = {
  id: BOB,
  userName: 'bob.baker@example.com',
  displayName: 'Bob Baker',
  active: true,
} satisfies UserRef;
/** Bob as the manager of alice. */
export const MANAGER_BOB: RequestApprover = {
  kind: 'user',
  id: BOB,
  name: BOB_REF.userName,
  displayName: BOB_REF.displayName,
  sources: ['manager'],
  tier: 'step',
};
export const CREATED = '2026-11-23T22:40:53.100Z';
export const REQUESTED = '2026-11-23T22:41:23.622Z';
export const APPROVED = '2026-11-23T22:43:10.749Z';
export const ENDS = '2026-11-23T23:43:10.749Z';
export const byDan: NamedActor = { kind: 'person', issuer: ISSUER, subject: DAN, network: '203.0.113.0/24' };
export const byAlice: NamedActor = {
  kind: 'person',
  issuer: ISSUER,
  subject: '00u1alice4alice4alic',
  userId: ALICE,
  userName: ALICE_NAMES.userName,
};
export const byBob: NamedActor = {
  kind: 'person',
  issuer: ISSUER,
  subject: BOB_SUBJECT,
  userId: BOB,
  userName: BOB_REF.userName,
};
