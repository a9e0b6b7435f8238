import { htmlEscape } from 'escape-goat';

/** A string of HTML, which is not escaped again. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | false | undefined | Part[];

/** HTML template. Values are escaped unless they are `Html`; lists are joined; `false` and undefined are omitted. */
export function html(literals: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(
    literals.map((literal, index) => literal + (index < parts.length ? render(parts[index]) : '')).join(''),
  );
}

function render(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(render).join('');
  return part === undefined || part === false ? '' : htmlEscape(String(part));
}
