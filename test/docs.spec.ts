import { dataSchemaOf, EVENTS, type EventName } from '@tidegate/contracts';
import { QUIRKS } from '@tidegate/scim';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';

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

/** The names of all environment variables of the services; those of RabbitMQ are defined in its transport. */
const SETTINGS = sorted(
  SOURCES.filter((path) => /^apps\/[^/]+\/src\/(config|main)\.ts$|\/(amqp\.transport|migrate)\.ts$/.test(path)).flatMap(
    (path) =>
      groups(
        read(path),
        /\b(?:amqpUrl|flag|hostNames|httpUrl|integer|oneOf(?:<\w+>)?|port|postgresUrl|redirectOrigins|secret|text|url)\(\s*'([A-Z_]+)'/g,
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
});

describe('events', () => {
  type Schema = { properties: Record<string, { const?: string; $ref?: string }>; required: string[] };
  type Message = { payload: { allOf: [unknown, Partial<Schema>] } };
  const { channels, operations, components } = parse(read('docs/asyncapi.yaml')) as {
    channels: Record<string, { address: string }>;
    operations: Record<string, unknown>;
    components: { messages: Record<string, Message>; schemas: Record<string, Schema> };
  };
  /** Those that other teams can bind to. */
  const NAMES = sorted((Object.keys(EVENTS) as EventName[]).filter((name) => !EVENTS[name].internal)) as EventName[];

  it('docs/events.md has the publisher, the required subscribers and the lane of each', () => {
    const rows = [
      ...read('docs/events.md').matchAll(/^\| `([a-z_.]+)` *\| (\S+) *\| *(.*?) *\| (normal|urgent) *\|/gm),
    ];
    const told = rows.map(([, name, publisher, subscribers = '', lane]) => ({
      name,
      publisher,
      subscribers: subscribers.split(', ').filter((subscriber) => subscriber !== ''),
      lane,
    }));
    const rule = (name: EventName) => ({ ...EVENTS[name], name, lane: EVENTS[name].urgent ? 'urgent' : 'normal' });
    expect(told).toEqual(
      (Object.keys(EVENTS) as EventName[])
        .map(rule)
        .map(({ name, publisher, subscribers, lane }) => ({ name, publisher, subscribers, lane })),
    );
  });

  it('docs/asyncapi.yaml describes every event that is not internal, and no other', () => {
    expect(sorted(Object.keys(channels))).toEqual(NAMES);
    expect(sorted(Object.keys(operations))).toEqual(NAMES);
    expect(sorted(Object.keys(components.messages))).toEqual(NAMES);
  });

  it.each(NAMES)('docs/asyncapi.yaml has the publisher, the routing key, the data and its schema of %s', (name) => {
    const [, { properties = {}, required }] = components.messages[name]!.payload.allOf;
    const isSystem = EVENTS[name].system ?? false;
    expect(channels[name]?.address).toBe(isSystem ? `${name}.system` : `${name}.{integrationId}`);
    expect(required).toEqual(isSystem ? undefined : ['integrationid']);
    expect(properties.type?.const).toBe(name);
    expect(properties.dataschema?.const).toBe(dataSchemaOf(name));
    expect(properties.source?.const).toBe(`/tidegate/${EVENTS[name].publisher}`);
    const [data] = groups(read('libs/contracts/src/events.ts'), new RegExp(`'${name}': (\\w+);`, 'g'));
    expect(properties.data?.$ref).toBe(`#/components/schemas/${data}`);
  });

  it.each([
    'IntegrationState',
    'UserState',
    'GroupState',
    'GroupMembersChanged',
    'RequestState',
    'GrantState',
    'ApiKeyState',
  ])('docs/asyncapi.yaml gives %s the fields that it has', (name) => {
    const { properties, required } = components.schemas[name]!;
    expect(sorted(Object.keys(properties))).toEqual(fieldsOf(name));
    expect(sorted(required)).toEqual(fieldsOf(name));
  });

  function fieldsOf(type: string): string[] {
    const declared = new RegExp(`interface ${type} (?:extends (\\w+) )?\\{\\n([^]*?)\\n\\}`);
    const [, base, body = ''] = declared.exec(read('libs/contracts/src/events.ts')) ?? [];
    return sorted([...groups(body, /^ {2}(\w+):/gm), ...(base ? fieldsOf(base) : [])]);
  }
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
