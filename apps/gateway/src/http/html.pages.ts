import { createHash } from 'node:crypto';
import { htmlEscape } from 'escape-goat';
import { type FastifyReply } from 'fastify';

/** Safe HTML, made by `html`, which escapes all values. */
export class Html {
  constructor(readonly text: string) {}
}

/** Template tag: escapes strings; inserts `Html` and arrays of it unchanged. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const text = parts.map((part, at) => {
    const value = values[at] ?? '';
    if (typeof value === 'string') return part + htmlEscape(value);
    return (
      part +
      [value]
        .flat()
        .map((each) => each.text)
        .join('')
    );
  });
  return new Html(text.join(''));
}

const STYLE = `
:root{color-scheme:light dark;--ink:#16202a;--soft:#52617a;--line:#d5dce3;--edge:#8796a5;--paper:#fff;--sea:#f4f6f8;
--deep:#0b5cad;--on-deep:#fff;--second:#e4e9ee;--fault:#a30d11;--ready:#17693f}
@media(prefers-color-scheme:dark){:root{--ink:#e8eef7;--soft:#a3b1c7;--line:#31405a;--edge:#5c6d89;--paper:#172338;
--sea:#0e1726;--deep:#5aa5f2;--on-deep:#0a1424;--second:#263450;--fault:#ff9a9d;--ready:#6fd3a0}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem 1rem;background:var(--sea);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:29rem;background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:2rem;
overflow-wrap:anywhere}
.brand{margin:0 0 1.25rem;font-weight:600;color:var(--soft)}
h1{font-size:1.375rem;line-height:1.3;margin:0 0 1rem}p{margin:0 0 1rem}ul{margin:0 0 1rem;padding-left:1.25rem}
dl{margin:1.25rem 0;border:1px solid var(--line);border-radius:8px}dl div{display:flex;gap:1rem;padding:.6rem 1rem}
dl div+div{border-top:1px solid var(--line)}dt{flex:0 0 7.5em;color:var(--soft)}dd{margin:0;font-weight:600}
h2{font-size:1rem;line-height:1.4;margin:1.75rem 0 .5rem}a:not(.button){color:var(--deep)}
code{font:.875em/1.5 ui-monospace,monospace}
main>:last-child{margin-bottom:0}.status{font-weight:600}.status::before{content:"";display:inline-block;width:.6em;height:.6em;margin-right:.5em;
border-radius:50%;background:currentColor}.ready{color:var(--ready)}
.soft{color:var(--soft);font-size:.875rem}p.fault{color:var(--fault)}
label{display:block;margin:1rem 0 .25rem}
input{width:100%;font:inherit;padding:.5rem;color:inherit;background:transparent;border:1px solid var(--edge);border-radius:6px}
button,a.button{display:block;width:100%;margin:1rem 0 0;padding:.65rem;font:inherit;font-weight:600;text-align:center;
text-decoration:none;color:var(--on-deep);background:var(--deep);border:0;border-radius:6px;cursor:pointer}
button.second,a.second{color:var(--ink);background:var(--second)}
form.choice{display:flex;gap:.75rem}
:focus-visible{outline:3px solid #f2a900;outline-offset:2px}
@media(max-width:31rem){main{padding:1.5rem 1.25rem}dl div{display:block}form.choice{display:block}}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A page and its required headers. */
export interface Page {
  text: string;
  headers: Readonly<Record<string, string>>;
}

/**
 * @returns a page whose policy (CSP 3) allows only its own style, and no framing
 * @param redirectOrigins other origins that forms redirect to: browsers apply form-action to redirects too
 */
export function pageOf(title: string, body: Html, redirectOrigins: readonly string[] = []): Page {
  const policy = [
    `default-src 'none'`,
    `style-src 'sha256-${STYLE_HASH}'`,
    ["form-action 'self'", ...redirectOrigins].join(' '),
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
  ];
  const head = html`<meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>
      ${title} · Tidegate
    </title>`;
  const main = html`<p class="brand">Tidegate</p>
    <h1>${title}</h1>
    ${body}`;
  return {
    text: `<!doctype html><html lang="en"><head>${head.text}<style>${STYLE}</style></head><body><main>${main.text}</main></body></html>`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      // With `no-referrer` browsers send `Origin: null` with same-origin forms (Fetch §3.1).
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
    },
  };
}

/** Sends a page. */
export function sendPage(reply: FastifyReply, status: number, { text, headers }: Page): void {
  reply.status(status).headers(headers).send(text);
}

/** Redirects after a form with 303, so that the browser does not submit it again (RFC 9110 §15.4.4). */
export function seeOther(reply: FastifyReply, path: string): void {
  reply.status(303).header('location', path).send();
}
