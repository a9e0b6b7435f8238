import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { html, type Page } from '../../http/html.pages.js';

/** A file of the page at `/api/docs/<name>`. */
interface PageFile {
  type: string;
  content: Buffer;
  zipped: Buffer;
  hash: string;
}

/** Read-only: no requests, and so no keys in the page. */
const SCRIPT = `document.documentElement.classList.toggle('dark-mode', matchMedia('(prefers-color-scheme: dark)').matches);
const nothing = () => () => null;
SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  validatorUrl: null,
  plugins: [() => ({ wrapComponents: { authorizeBtn: nothing, authorizeOperationBtn: nothing } })],
});
`;

/** The colors of the other pages, badges with enough contrast, and without the controls of requests. */
const STYLE = `
:root{--ink:#16202a;--soft:#52617a;--line:#d5dce3;--paper:#fff;--sea:#f4f6f8;--deep:#0b5cad;--code:#eef2f6;--fault:#a30d11}
:root.dark-mode{--ink:#e8eef7;--soft:#a3b1c7;--line:#31405a;--paper:#172338;--sea:#0e1726;--deep:#5aa5f2;--code:#0e1726;--fault:#ff9a9d}
html,html.dark-mode{background:var(--sea)}body{margin:0}#docs .swagger-ui{background:none}
#docs,#docs :is(h1,h2,h3,h4,h5,p,td,th,label,button,select,small,.opblock-summary-description,
.opblock-summary-method){font-family:system-ui,sans-serif;color:var(--ink)}
#docs .wrapper{max-width:60rem;padding:0 1rem}
#docs .info{margin:2rem 0 1rem}#docs .info .title{font-size:1.75rem}#docs .info .title small{background:var(--soft)}
#docs .info .title small pre{color:var(--paper)}
#docs :is(.markdown,.renderedMarkdown) p{font-size:.9375rem;line-height:1.5;margin:0 0 .75rem}
#docs a:not(.nostyle){color:var(--deep)}
#docs :is(.markdown,.renderedMarkdown) code{color:var(--ink);background:var(--code);font-weight:400;padding:.1em .3em}
#docs .scheme-container,#docs .parameters :is(input,select,textarea),#docs .response-col_links,#docs .response-control-media-type,
#docs .opblock-section-request-body select{display:none}
#docs .opblock-tag{font-size:1.125rem;padding:.75rem 0;border-color:var(--line);align-items:baseline}
#docs .opblock-tag small{color:var(--soft);font-size:.875rem}
#docs .opblock{background:var(--paper);border-color:var(--line);box-shadow:none;margin:0 0 .5rem}
#docs .opblock .opblock-summary{border-color:var(--line)}
#docs .opblock .opblock-section-header{background:none;box-shadow:none;border:0;border-bottom:1px solid var(--line)}
#docs table :is(th,td){border-color:var(--line)}
#docs .opblock .tab-header .tab-item.active h4 span::after{display:none}
#docs .opblock-summary-path,#docs .opblock-summary-path a{color:var(--ink);font-weight:400}
#docs .opblock-summary-description{color:var(--soft)}#docs small.opblock-section-request-body__required,
#docs .opblock-title small,#docs .parameter__name.required::after{color:var(--fault)}
#docs .opblock-summary-method{color:#fff;min-width:4.5rem;padding:.3rem 0;font-size:.75rem;text-shadow:none}
#docs .opblock-get .opblock-summary-method{background:#0b5cad}#docs .opblock-post .opblock-summary-method{background:#17693f}
#docs .opblock-patch .opblock-summary-method{background:#7a5200}#docs .opblock-delete .opblock-summary-method{background:#a30d11}
#docs .highlight-code>.microlight{background:#0e1726!important;border-radius:6px;padding:.75rem}
#docs .microlight :is(code,span){font-weight:400!important}
#docs section.models{border-color:var(--line)}#docs section.models h4{border:0}
#docs table.responses-table{table-layout:fixed;width:100%}#docs .response-col_status{width:4.5rem}
#docs :focus-visible{outline:3px solid #f2a900;outline-offset:2px}
@media(max-width:40rem){#docs .opblock-tag{display:grid;grid-template-columns:1fr auto}
#docs .opblock-tag small{grid-row:2;grid-column:1/-1;padding:0}#docs .opblock-body :is(.table-container,.opblock-description-wrapper,.opblock-section-header,.responses-inner){padding:.75rem}
#docs .opblock-summary-path{max-width:none}}
`;

const vendor = (name: string): (() => Buffer) => {
  const path = `swagger-ui-dist/${name}`;
  return () => readFileSync(createRequire(import.meta.url).resolve(path));
};

const CSS = 'text/css; charset=utf-8';
const JS = 'text/javascript; charset=utf-8';
const SOURCES: Readonly<Record<string, readonly [type: string, read: () => Buffer]>> = {
  'swagger-ui.css': [CSS, vendor('swagger-ui.css')],
  'docs.css': [CSS, () => Buffer.from(STYLE)],
  'swagger-ui.js': [JS, vendor('swagger-ui-bundle.js')],
  'docs.js': [JS, () => Buffer.from(SCRIPT)],
};

const files = new Map<string, PageFile>();

/** @returns a file of the page, read at its first request; undefined when the page has no such file */
export function fileOf(name: string): PageFile | undefined {
  const known = files.get(name);
  if (known || !Object.hasOwn(SOURCES, name)) return known;
  const [type, read] = SOURCES[name]!;
  const content = read();
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const file = { type, content, zipped: gzipSync(content), hash };
  files.set(name, file);
  return file;
}

const address = (name: string): string => `/api/docs/${name}?${fileOf(name)!.hash}`;

/** Swagger UI embeds its icons as data URLs. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
  `base-uri 'none'`,
].join('; ');

/** @returns the page that shows the OpenAPI document, with a policy (CSP 3) that allows only files of this gateway */
export function docsPage(): Page {
  const head = html`<meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>API · Tidegate</title>
    <link rel="stylesheet" href="${address('swagger-ui.css')}" />
    <link rel="stylesheet" href="${address('docs.css')}" />
    <script src="${address('swagger-ui.js')}" defer></script>
    <script src="${address('docs.js')}" defer></script>`;
  return {
    text: `<!doctype html><html lang="en"><head>${head.text}</head><body><main id="docs"></main></body></html>`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    },
  };
}
