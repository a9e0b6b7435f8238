import { FakeDirectory } from './fake-directory.js';
import { header, type FakeClient, FakeOAuth } from './fake-oauth.js';
import { recordingServer, type Reply } from './recording-server.js';

export const CONNECTION = '01a20a91-9f1a-762e-8330-4b3a2dcf66da';

/** A fake Tidegate: OAuth and SCIM of one integration. */
export async function fakeGateway(client: Omit<FakeClient, 'redirectUri'>) {
  const registered: FakeClient = { ...client, redirectUri: '' };
  const directory = new FakeDirectory();
  const oauth = new FakeOAuth(CONNECTION, () => registered);
  /** Valid tokens besides those of the authorization server. */
  const tokens = new Set<string>();
  /** Replies to the next SCIM calls; null: no response. */
  const replies: (Reply | null)[] = [];
  const base = `/scim/v2/${CONNECTION}`;
  const server = await recordingServer((received) => {
    const { pathname, searchParams } = new URL(received.url, 'http://x');
    const reply = oauth.respond(received);
    if (reply) return reply;
    if (!pathname.startsWith(`${base}/`)) return { status: 404, body: { detail: `unknown path ${pathname}` } };
    const token = header(received.rawHeaders, 'authorization').replace(/^Bearer /, '');
    if (!oauth.accessTokens.has(token) && !tokens.has(token))
      return { status: 401, body: { detail: 'the token is not valid' } };
    const nextReply = replies.shift();
    return nextReply === undefined ? directory.respond(received, pathname.slice(base.length), searchParams) : nextReply;
  });
  return {
    ...{ url: server.url, close: server.close, directory, oauth, tokens, replies, received: server.received },
    /** Sets the registered redirect URI. */
    register: (redirectUri: string) => void (registered.redirectUri = redirectUri),
    /** @returns and clears the received SCIM calls: `PATCH /Users/Users-1 {…}` */
    sent: () => {
      const lines = server.lines().filter((line) => line.includes(base));
      server.received.length = 0;
      return lines.map((line) => line.replace(base, ''));
    },
  };
}

export type FakeGateway = Awaited<ReturnType<typeof fakeGateway>>;
