import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Problem } from '../callers/problem.view.js';
import { prefersPage } from '../http/accept.rule.js';
import { html, pageOf, sendPage } from '../http/html.pages.js';

/** Their clients are programs, whatever they accept. */
const PROGRAMS = /^\/(scim|oauth|api\/v1)(\/|$)/;
const READS = ['GET', 'HEAD'];
const LONGEST = 200;
/** An unknown address, and not a refusal of a page that exists. */
const UNKNOWN_ADDRESS = { status: 404, detail: 'Not found.' };

/** @returns whether an error of this request is shown as a page: to a browser that opens one, or whose form failed */
export const isErrorPage = ({ method, url, headers }: FastifyRequest, status: number): boolean =>
  (READS.includes(method) || status >= 500) && !PROGRAMS.test(pathOf(url)) && prefersPage(headers.accept);

/** Sends the page of an error. */
export function sendErrorPage({ url }: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const { status, title, detail } = problem;
  const toStart = html`<a class="button" href="/">Go to the start page</a>`;
  if (status !== UNKNOWN_ADDRESS.status || detail !== UNKNOWN_ADDRESS.detail)
    return sendPage(
      reply,
      status,
      pageOf(
        title,
        html`<p>${detail}</p>
          ${toStart}`,
      ),
    );
  const path = pathOf(url);
  const shown = path.length > LONGEST ? `${path.slice(0, LONGEST)}…` : path;
  const body = html`<p>This server has no page at <code>${shown}</code>.</p>
    ${toStart}`;
  sendPage(reply, status, pageOf('Page not found', body));
}

/** Without the query, which can contain secrets. */
const pathOf = (url: string): string => url.split('?')[0]!;
