import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Person } from './caller.js';
import { clearCookie, type CookieForm, cookieForm, cookieIn, setCookie } from './cookie.rule.js';
import { CSRF_HEADER, isSameOrigin } from './same-origin.rule.js';
import { type Login, Sessions } from './sessions.service.js';

type Incoming = Pick<FastifyRequest, 'headers' | 'method' | 'origin'>;

const SESSION = 'tidegate_session';

/** Who is behind a request that carries the cookie of a session, and the beginning and end of such sessions. */
@Injectable()
export class Principals {
  constructor(private readonly sessions: Sessions) {}

  /**
   * @returns who is logged in, or undefined
   * @throws Refusal `notAllowed` when the request changes something and no page of ours made it; as `Sessions.find`
   */
  async principalOf(request: Incoming): Promise<Person | undefined> {
    const secret = secretOf(request);
    if (secret === undefined) return undefined;
    if (!isSameOrigin(request.method, request.headers, request.origin)) throw forged();
    return this.sessions.find(secret);
  }

  /** The same for /api/v1, where a page must also send a header that no form can. */
  async apiCallerOf(request: Incoming): Promise<Person | undefined> {
    const person = await this.principalOf(request);
    const safe = request.method === 'GET' || request.method === 'HEAD';
    if (person && !safe && request.headers[CSRF_HEADER] === undefined) throw forged();
    return person;
  }

  /**
   * Begins a session, and takes the one away that the browser had.
   * @throws Refusal `notAllowed` over plain http to another machine, where anybody on the way could take the session
   */
  async begin(request: Incoming, reply: FastifyReply, login: Login): Promise<void> {
    const form = sessionCookie(request.origin);
    if (!form) throw new Refusal('notAllowed', 'Logging in needs https: over plain http a session could be stolen.');
    const secret = await this.sessions.open(login, secretOf(request));
    reply.header('set-cookie', setCookie(form, secret));
  }

  /** Ends the session of the request, if there is one. */
  async end(request: Incoming, reply: FastifyReply): Promise<void> {
    const form = sessionCookie(request.origin);
    const secret = secretOf(request);
    if (secret !== undefined) await this.sessions.close(secret);
    if (form) reply.header('set-cookie', clearCookie(form));
  }
}

/** @throws Refusal `notAllowed` when a form does not bring back the token that was put into it */
export function requireCsrfToken(person: Person, given: unknown): void {
  const [ours, theirs] = [Buffer.from(person.csrfToken), Buffer.from(typeof given === 'string' ? given : '')];
  if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) throw forged();
}

/** Where a person goes to log in, and comes back from to a path of ours. */
export function loginPath(returnTo: string, again = false): string {
  return `/login?${new URLSearchParams({ ...(again ? { again: '1' } : {}), returnTo }).toString()}`;
}

/** Whether a request carries the cookie of a session, good or not. */
export const hasSessionCookie = (request: Incoming): boolean => secretOf(request) !== undefined;

const sessionCookie = (origin: string): CookieForm | undefined => cookieForm(origin, SESSION);

function secretOf({ headers, origin }: Incoming): string | undefined {
  const form = sessionCookie(origin);
  return form && cookieIn(headers.cookie, form);
}

const forged = (): Refusal =>
  new Refusal('notAllowed', 'This request was not made by a page of this server, so the session does not count.');
