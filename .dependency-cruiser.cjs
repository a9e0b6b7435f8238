// The import rules of docs/architecture.md as a failing check: scim <- contracts <- messaging <- database <- apps.
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const lib = (...names) => `^libs/(${names.join('|')})/`;
const tests = '\\.spec\\.ts$|^test/|^bench/|/test/';

module.exports = {
  forbidden: [
    forbid('no-cycles', 'Two files that need each other are one file.', {}, { circular: true }),
    forbid(
      'scim-stands-alone',
      'libs/scim is pure: RFC data and functions.',
      { path: lib('scim'), pathNot: tests },
      { pathNot: '^libs/scim/' },
    ),
    forbid(
      'contracts-know-scim-only',
      'The contracts are the bottom of the house.',
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
    forbid('libs-never-import-apps', 'Imports run one way.', { path: '^libs/' }, { path: '^apps/' }),
    forbid(
      'apps-never-import-apps',
      'Services meet in messages; standalone alone composes them.',
      { path: '^apps/([^/]+)/', pathNot: ['^apps/standalone/', tests] },
      { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    ),
    forbid(
      'testing-is-for-tests',
      'Nothing that ships imports libs/testing.',
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
