import { Html, html } from './html.js';
import { STYLE } from './style.js';

export interface Notice {
  kind: 'done' | 'failed';
  text: string;
}

const NAVIGATION = [
  ['/admin/apps', 'Applications'],
  ['/admin/people', 'People'],
  ['/admin/groups', 'Groups'],
  ['/admin/clients', 'Login clients'],
  ['/admin/tasks', 'Tasks'],
] as const;

/** @param path of the page, to mark its link in the navigation. @returns a complete admin page */
export function page(title: string, path: string, body: Html, notice?: Notice): string {
  const links = NAVIGATION.map(
    ([href, name]) => html`<a href="${href}" ${path.startsWith(href) && new Html('aria-current="page"')}>${name}</a>`,
  );
  return document(
    title,
    html`<header>
        <strong>Okta simulator</strong>
        <nav>${links}</nav>
      </header>
      <main>
        ${notice && html`<p class="notice ${notice.kind}" role="status">${notice.text}</p>`}
        <h1>${title}</h1>
        ${body}
      </main>`,
  );
}

/** @returns a page without navigation, for the login */
export function plainPage(title: string, body: Html): string {
  return document(
    title,
    html`<main style="max-width: 26rem">
      <h1>${title}</h1>
      ${body}
    </main>`,
  );
}

function document(title: string, body: Html): string {
  return `<!doctype html>${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title} · Okta simulator</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <div class="banner">
          A simulator for testing Tidegate. It is not Okta, and its admin pages require no login: run it only on your
          own machine.
        </div>
        ${body}
      </body>
    </html>`.text
  }`;
}

export interface FieldOptions {
  hint?: string;
  type?: 'text' | 'password' | 'number';
  placeholder?: string;
}

export function field(name: string, label: string, value: string | number = '', options: FieldOptions = {}): Html {
  const { hint, type = 'text', placeholder = '' } = options;
  return html`<label
    >${label}${hint !== undefined && html`<small>${hint}</small>`}
    <input type="${type}" name="${name}" value="${value}" placeholder="${placeholder}" autocomplete="off"
  /></label>`;
}

export function check(name: string, label: string, checked: boolean, hint?: string): Html {
  return html`<label class="check"
    ><input type="checkbox" name="${name}" value="true" ${checked && 'checked'} /> ${label}
    ${hint !== undefined && html`<small>${hint}</small>`}</label
  >`;
}

/** @param options pairs of value and label */
export function select(
  name: string,
  label: string,
  options: readonly (readonly [string, string])[],
  selected = '',
): Html {
  return html`<label
    >${label}
    <select name="${name}">
      ${options.map(([value, text]) => html`<option value="${value}" ${value === selected && 'selected'}>${text}</option>`)}
    </select></label
  >`;
}

/** @returns a form with one button that sends `fields` to `action` by POST */
export function button(action: string, text: string, fields: Record<string, string> = {}): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return html`<form method="post" action="${action}">${hidden}<button>${text}</button></form>`;
}

export function state(name: string): Html {
  return html`<span class="state ${name}">${name}</span>`;
}

export function table(heads: string[], rows: Html[], empty: string): Html {
  if (rows.length === 0) return html`<p class="hint">${empty}</p>`;
  return html`<table>
    <thead>
      <tr>
        ${heads.map((head) => html`<th>${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
