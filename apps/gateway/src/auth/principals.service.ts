import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Person } from '../callers/caller.js';
import {
  clearCookie,
  type CookieForm,
  cookieForm,
  cookieIn,
  requireCookieForm,
  setCookie,
} from '../http/cookie.rule.js';
import { CSRF_HEADER, isSameOrigin } from '../http/same-origin.rule.js';
import { type Login, Sessions } from './sessions.service.js';

type Incoming = Pick<FastifyRequest, 'headers' | 'method' | 'origin'>;

const SESSION = 'tidegate_session';

/** Authenticates requests by session cookie, and starts and ends sessions. */
@Injectable()
export class Principals {
  constructor(private readonly sessions: Sessions) {}

  /**
   * @returns the logged-in person, or undefined
   * @throws Refusal `notAllowed` for an unsafe request from another origin; as `Sessions.find`
   */
  async principalOf(request: Incoming): Promise<Person | undefined> {
    const secret = secretOf(request);
    if (secret === undefined) return undefined;
    if (!isSameOrigin(request.method, request.headers, request.origin)) throw forged();
    return this.sessions.find(secret);
  }

  /** Like `principalOf`, for /api/v1: unsafe requests also need a header that a form cannot send. */
  async apiCallerOf(request: Incoming): Promise<Person | undefined> {
    const person = await this.principalOf(request);
    const safe = request.method === 'GET' || request.method === 'HEAD';
    if (person && !safe && request.headers[CSRF_HEADER] === undefined) throw forged();
    return person;
  }

  /**
   * Starts a session and ends the previous one of the browser.
   * @throws Refusal `notAllowed` over plain http, except on the loopback interface
   */
  async begin(request: Incoming, reply: FastifyReply, login: Login): Promise<void> {
    const form = requireCookieForm(request.origin, SESSION);
    const secret = await this.sessions.open(login, secretOf(request));
    reply.header('set-cookie', setCookie(form, secret));
  }

  /** Ends the session of the request, if any. */
  async end(request: Incoming, reply: FastifyReply): Promise<void> {
    const form = sessionCookie(request.origin);
    const secret = secretOf(request);
    if (secret !== undefined) await this.sessions.close(secret);
    if (form) reply.header('set-cookie', clearCookie(form));
  }
}

/** @throws Refusal `notAllowed` when the submitted CSRF token is not that of the session */
export function requireCsrfToken(person: Person, given: unknown): void {
  const [expected, actual] = [Buffer.from(person.csrfToken), Buffer.from(typeof given === 'string' ? given : '')];
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) throw forged();
}

/** @returns the path of the login page @param returnTo path to open after the login @param again for a step-up login */
export function loginPath(returnTo: string, again = false): string {
  return `/login?${new URLSearchParams({ ...(again ? { again: '1' } : {}), returnTo }).toString()}`;
}

/** @returns whether a request has a session cookie, valid or not */
export const hasSessionCookie = (request: Incoming): boolean => secretOf(request) !== undefined;

const sessionCookie = (origin: string): CookieForm | undefined => cookieForm(origin, SESSION);

function secretOf({ headers, origin }: Incoming): string | undefined {
  const form = sessionCookie(origin);
  return form && cookieIn(headers.cookie, form);
}

const forged = (): Refusal =>
  new Refusal(
    'notAllowed',
    'This request has a session but was not sent by a page of this server. Reload the page and try again.',
  );
