// The import rules of docs/architecture.md: scim <- contracts <- messaging <- database <- apps.
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const lib = (...names) => `^libs/(${names.join('|')})/`;
const tests = '\\.spec\\.ts$|^test/|^bench/|/test/';

module.exports = {
  forbidden: [
    forbid('no-cycles', 'Files that import each other belong in one file.', {}, { circular: true }),
    {
      ...forbid(
        'no-folder-cycles',
        'Folders of an app import each other in one direction.',
        { path: '^apps/[^/]+/src' },
        { circular: true },
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
      { path: lib('messaging', 'database', 'observability', 'testing') },
    ),
    forbid(
      'messaging-knows-no-tables',
      'Tables belong to libs/database.',
      { path: lib('messaging'), pathNot: tests },
      { path: lib('database', 'testing') },
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
