// Nest 12 is ESM-only and Jest on Node 20 cannot require() ESM, so everything, node_modules included,
// is compiled to CommonJS by swc. The transform is cached: only the first run pays for it.
const swc = (typescript) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: typescript ? { syntax: 'typescript', decorators: true } : { syntax: 'ecmascript' },
      transform: typescript ? { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false } : {},
    },
  },
];

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  transform: { '^.+\\.ts$': swc(true), '^.+\\.m?js$': swc(false) },
  transformIgnorePatterns: [],
  moduleNameMapper: {
    '^@tidegate/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@tidegate/([^/]+)/([^/]+)$': '<rootDir>/libs/$1/src/$2.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // Only a guard against what never ends: on a busy machine tests are slow, and pass.
  testTimeout: 600_000,
};
