import { createHash } from 'node:crypto';
import { htmlEscape } from 'escape-goat';
import { type FastifyReply } from 'fastify';

/** HTML that is safe as it stands: made by `html`, which escapes every value that goes in. */
export class Html {
  constructor(readonly text: string) {}
}

/** Escapes values; other HTML goes in as it is, and lists of it one after the other. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const text = parts.map((part, at) => {
    const value = values[at] ?? '';
    if (typeof value === 'string') return part + htmlEscape(value);
    return (
      part +
      [value]
        .flat()
        .map((each) => (each as Html).text)
        .join('')
    );
  });
  return new Html(text.join(''));
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;background:#f4f6f8;color:#16202a;margin:0;padding:10vh 1rem}
main{max-width:24rem;margin:auto;background:#fff;border:1px solid #d5dce3;border-radius:8px;padding:2rem}
h1{font-size:1.25rem;margin:0 0 1rem}label{display:block;margin:1rem 0 .25rem}
input{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;border:1px solid #8796a5;border-radius:4px}
button,a.button{display:block;box-sizing:border-box;width:100%;margin:1rem 0 0;padding:.6rem;font:inherit;text-align:center;
text-decoration:none;color:#fff;background:#0b5cad;border:0;border-radius:4px;cursor:pointer}
button.second,a.second{color:#16202a;background:#e4e9ee}
:focus-visible{outline:3px solid #f2a900;outline-offset:2px}p.fault{color:#a30d11}`;

/** Nothing but this one style runs or loads, and no other site may frame the page (CSP 3). */
const POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  `form-action 'self'`,
  `frame-ancestors 'none'`,
  `base-uri 'none'`,
].join('; ');

/** Answers with a page of ours. */
export function sendPage(reply: FastifyReply, status: number, title: string, body: Html): void {
  const head = html`<meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>
      ${title} · Tidegate
    </title>`;
  const text = `<!doctype html><html lang="en"><head>${head.text}<style>${STYLE}</style></head>`;
  reply
    .status(status)
    .headers({ 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' })
    .type('text/html; charset=utf-8')
    .send(
      `${text}<body><main>${
        html`<h1>${title}</h1>
          ${body}`.text
      }</main></body></html>`,
    );
}
