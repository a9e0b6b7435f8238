import { type FastifyReply, type FastifyRequest } from 'fastify';
import { prefersPage } from '../http/accept.rule.js';
import { html, pageOf, sendPage } from '../http/html.pages.js';

/** Their clients are programs, whatever they accept. */
const PROGRAMS = /^\/(scim|oauth|api\/v1)(\/|$)/;
const READS = ['GET', 'HEAD'];
const LONGEST = 200;

/** @returns whether an error 404 of this request is shown as a page */
export const isNotFoundPage = ({ method, url, headers }: FastifyRequest): boolean =>
  READS.includes(method) && !PROGRAMS.test(pathOf(url)) && prefersPage(headers.accept);

/** Sends the page of an unknown address. */
export function sendNotFoundPage({ url }: FastifyRequest, reply: FastifyReply): void {
  const path = pathOf(url);
  const shown = path.length > LONGEST ? `${path.slice(0, LONGEST)}…` : path;
  const body = html`<p>This server has no page at <code>${shown}</code>.</p>
    <a class="button" href="/">Go to the start page</a>`;
  sendPage(reply, 404, pageOf('Page not found', body));
}

/** Without the query, which can contain secrets. */
const pathOf = (url: string): string => url.split('?')[0]!;
