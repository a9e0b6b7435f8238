import { fromCloudEvent, toCloudEvent } from '@tidegate/contracts';
import { QUIRKS } from '@tidegate/scim';
import { readConfig } from '@tidegate/runtime';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { asyncApiDocument } from '../libs/contracts/src/reference/asyncapi.js';
import { ACTOR_SCHEMA } from '../libs/contracts/src/reference/envelope.schemas.js';
import { GENERATED } from '../libs/contracts/src/reference/generate.js';
import { Names } from '../libs/messaging/src/amqp/names.js';
import { EVENT_CONTENT_TYPE } from '../libs/messaging/src/wire.js';

const read = (path: string) => readFileSync(path, 'utf8');
/** Paths of the files below a folder, from the root of the repository. */
const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
const groups = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort();

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesBelow('docs').filter((path) => path.endsWith('.md')),
];
const SOURCES = [...filesBelow('apps'), ...filesBelow('libs')].filter(
  (path) => /^(apps|libs)\/[^/]+\/src\/.*\.ts$/.test(path) && !path.endsWith('.spec.ts'),
);

describe('links', () => {
  it.each(DOCUMENTS)('%s links to files and headings that exist', (document) => {
    const links = groups(read(document), /\]\(([^)\s]+)\)/g).filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => !resolves(document, link))).toEqual([]);
  });

  function resolves(document: string, link: string): boolean {
    const [path = '', heading] = link.split('#');
    const target = path === '' ? document : normalize(join(dirname(document), path));
    if (!existsSync(target)) return false;
    return (
      heading === undefined ||
      groups(read(target), /^#+ (.*)$/gm)
        .map(anchorOf)
        .includes(heading)
    );
  }

  /** Anchors like GitHub's. */
  function anchorOf(heading: string): string {
    return heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  }

  it('every decision is in the list of decisions', () => {
    const pages = readdirSync('docs/decisions').filter((name) => name !== 'README.md');
    expect(sorted(groups(read('docs/decisions/README.md'), /\]\((\d[^)]*)\)/g))).toEqual(sorted(pages));
  });
});

/** The names of all environment variables of the services; those of RabbitMQ and traces are defined in libraries. */
const SETTINGS = sorted(
  SOURCES.filter((path) =>
    /^apps\/.*\/(config|main)\.ts$|\/(amqp\.transport|migrate|tracing\.settings)\.ts$/.test(path),
  ).flatMap((path) =>
    groups(
      read(path),
      /\b(?:amqpUrl|flag|headers|hostNames|httpUrl|integer|ipAddress|oneOf(?:<\w+>)?|port|postgresUrl|ratio|redirectOrigins|secret|text|url)\(\s*'([A-Z_]+)'/g,
    ),
  ),
);

describe('settings', () => {
  it('docs/operations.md names exactly the settings that services read', () => {
    const [, section = ''] = read('docs/operations.md').split('## Settings');
    const [table = ''] = section.split('\n## ');
    expect(SETTINGS).toContain('DATABASE_URL');
    expect(sorted(groups(table, /^\| `([A-Z_]+)` *\|/gm))).toEqual(SETTINGS);
  });

  it('none of them is refused as misspelt', () => {
    expect(readConfig(Object.fromEntries(SETTINGS.map((name) => [name, 'x'])), {})).toEqual({});
  });
});

describe('events', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };

  it.each(Object.entries(GENERATED))('%s is what `npm run docs` writes', (path, generate) => {
    expect(read(path)).toBe(generate(read(path), version));
  });

  it('the example in docs/events.md is an event', () => {
    const [json = ''] = groups(read('docs/events.md'), /```json\n([^]*?)```/g);
    const example: unknown = JSON.parse(json);
    expect(toCloudEvent(fromCloudEvent(example)!)).toEqual(example);
  });

  it('docs/events.md describes all kinds of actors', () => {
    const kinds = ACTOR_SCHEMA.oneOf?.map(({ properties }) => properties?.kind?.const ?? '');
    const [, section = ''] = read('docs/events.md').split('### The actor');
    const [table = ''] = section.split('\n### ');
    expect(sorted(groups(table, /^\| `(\w+)` *\| `[a-z_]+` *\|/gm))).toEqual(sorted([...(kinds ?? []), 'kind']));
  });

  it('docs/asyncapi.yaml has the exchange and the content type of RabbitMQ messages', () => {
    const { components } = asyncApiDocument(version);
    expect(components.channelBindings.events.amqp.exchange.name).toBe(new Names().events);
    expect(components.messages['grant.ended']?.contentType).toBe(EVENT_CONTENT_TYPE);
  });
});

describe('docs/guides/scim.md', () => {
  it('lists exactly the quirks in the code', () => {
    const rows = [
      ...read('docs/guides/scim.md').matchAll(/^\| \[(\w+)\]\((\S+)\) *\| (.*?) *\| (.*?) *\| (.*?) *\|$/gm),
    ];
    const documented = rows.map(([, name, source, what, dialects, otherwise]) => [
      name,
      { what, otherwise, source, dialects },
    ]);
    const expected = Object.entries(QUIRKS).map(([name, quirk]) => [
      name,
      { ...quirk, dialects: quirk.dialects.join(', ') },
    ]);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(expected));
  });
});

describe('CONTRIBUTING.md', () => {
  it('is right that each rule has a spec next to it', () => {
    const rules = SOURCES.filter((path) => path.endsWith('.rule.ts'));
    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter((path) => !existsSync(path.replace(/\.ts$/, '.spec.ts')))).toEqual([]);
  });
});

describe('docs/imports.md', () => {
  it('shows the actual imports', () => {
    const picture = read('docs/imports.md');
    const labels = new Map([...picture.matchAll(/(\w+)\["([a-z-]+)"\]/g)].map(([, id, label]) => [id, label]));
    const drawn = [...picture.matchAll(/^(\w+)-->(\w+)$/gm)].map(
      ([, from, to]) => `${labels.get(from)} -> ${labels.get(to)}`,
    );
    expect(sorted(drawn)).toEqual(sorted(SOURCES.flatMap(importsOf)));
  });

  function importsOf(path: string): string[] {
    const [, from] = path.split('/');
    if (from === 'testing') return [];
    const libraries = groups(read(path), /from '@tidegate\/([a-z-]+)'/g);
    const apps = groups(read(path), /from '(?:\.\.\/)+([a-z-]+)\/src\//g);
    return [...libraries, ...apps].map((to) => `${from} -> ${to}`);
  }
});
