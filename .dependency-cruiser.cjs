// The import rules of docs/architecture.md: scim <- contracts <- messaging <- database <- secrets <- apps,
// and observability <- runtime <- messaging.
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const lib = (...names) => `^libs/(${names.join('|')})/`;
const tests = '\\.spec\\.ts$|^test/|^bench/|/test/';

module.exports = {
  forbidden: [
    forbid('no-cycles', 'Files that import each other belong in one file.', {}, { circular: true }),
    {
      ...forbid(
        'no-folder-cycles',
        'Folders of an app or library import each other in one direction.',
        { path: '^(apps|libs)/[^/]+/src' },
        { pathNot: '^libs/[^/]+/test', circular: true },
      ),
      scope: 'folder',
    },
    forbid(
      'scim-stands-alone',
      'libs/scim is pure: RFC data and functions.',
      { path: lib('scim'), pathNot: tests },
      { pathNot: '^libs/scim/' },
    ),
    forbid(
      'contracts-know-scim-only',
      'Contracts import scim only.',
      { path: lib('contracts') },
      { path: '^libs/', pathNot: lib('contracts', 'scim') },
    ),
    forbid(
      'observability-stands-alone',
      'Every process can log and measure, also one that is no service.',
      { path: lib('observability'), pathNot: tests },
      { path: '^libs/', pathNot: lib('observability') },
    ),
    forbid(
      'runtime-knows-observability-only',
      'Settings, start and stop do not depend on brokers and databases.',
      { path: lib('runtime'), pathNot: tests },
      { path: '^libs/', pathNot: lib('runtime', 'observability') },
    ),
    forbid(
      'messaging-knows-no-tables',
      'Tables belong to libs/database.',
      { path: lib('messaging'), pathNot: tests },
      { path: '^libs/', pathNot: lib('messaging', 'contracts', 'scim', 'observability', 'runtime') },
    ),
    forbid(
      'database-knows-no-secrets',
      'libs/secrets stores its keys with libs/database.',
      { path: lib('database'), pathNot: tests },
      { path: '^libs/', pathNot: lib('database', 'messaging', 'contracts', 'scim', 'observability', 'runtime') },
    ),
    forbid(
      'messaging-has-no-database-driver',
      'Tables belong to libs/database.',
      { path: lib('messaging'), pathNot: tests },
      { path: 'node_modules/(pg|typeorm)/' },
    ),
    forbid('libs-never-import-apps', 'Imports go from apps to libs.', { path: '^libs/' }, { path: '^apps/' }),
    forbid(
      'apps-never-import-apps',
      'Services exchange messages. Only standalone imports several services.',
      { path: '^apps/([^/]+)/', pathNot: ['^apps/standalone/', tests] },
      { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    ),
    forbid(
      'testing-is-for-tests',
      'Only tests import libs/testing.',
      { pathNot: [tests, '^libs/testing/'] },
      { path: '^libs/testing/' },
    ),
    forbid(
      'embedded-postgres-is-for-one-machine',
      'Services use the PostgreSQL of DATABASE_URL. Only standalone and tests start one.',
      { pathNot: [tests, '^apps/standalone/', '^libs/(testing|embedded-postgres)/'] },
      { path: '^libs/embedded-postgres/' },
    ),
    forbid(
      'embedded-postgres-stands-alone',
      'It starts a server and knows no tables.',
      { path: lib('embedded-postgres'), pathNot: tests },
      { path: '^libs/', pathNot: lib('embedded-postgres') },
    ),
    forbid('no-missing-modules', 'Every import resolves.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
