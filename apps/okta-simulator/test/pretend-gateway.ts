import { PretendDirectory } from './pretend-directory.js';
import { header, type PretendClient, PretendOAuth } from './pretend-oauth.js';
import { recordingServer, type Reply } from './recording-server.js';

export const CONNECTION = '01a20a91-9f1a-762e-8330-4b3a2dcf66da';

/** A pretended Tidegate as an Okta organization sees it: OAuth and SCIM of one integration. */
export async function pretendGateway(client: Omit<PretendClient, 'redirectUri'>) {
  const registered: PretendClient = { ...client, redirectUri: '' };
  const directory = new PretendDirectory();
  const oauth = new PretendOAuth(CONNECTION, () => registered);
  /** Tokens that an administrator made, besides those of the authorization server. */
  const tokens = new Set<string>();
  /** What is answered to the next SCIM calls instead; null: nothing, ever. */
  const instead: (Reply | null)[] = [];
  const base = `/scim/v2/${CONNECTION}`;
  const server = await recordingServer((received) => {
    const { pathname, searchParams } = new URL(received.url, 'http://x');
    const answer = oauth.answer(received);
    if (answer) return answer;
    if (!pathname.startsWith(`${base}/`)) return { status: 404, body: { detail: `there is no ${pathname}` } };
    const token = header(received.rawHeaders, 'authorization').replace(/^Bearer /, '');
    if (!oauth.accessTokens.has(token) && !tokens.has(token))
      return { status: 401, body: { detail: 'the token is not valid' } };
    const other = instead.shift();
    return other === undefined ? directory.answer(received, pathname.slice(base.length), searchParams) : other;
  });
  return {
    ...{ url: server.url, close: server.close, directory, oauth, tokens, instead, received: server.received },
    /** The one redirect URI from now on. */
    register: (redirectUri: string) => void (registered.redirectUri = redirectUri),
    /** The SCIM calls so far, as `PATCH /Users/Users-1 {…}`; forgets them. */
    sent: () => {
      const lines = server.lines().filter((line) => line.includes(base));
      server.received.length = 0;
      return lines.map((line) => line.replace(base, ''));
    },
  };
}

export type PretendGateway = Awaited<ReturnType<typeof pretendGateway>>;
