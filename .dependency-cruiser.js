/**
 * The arrows between the packages, as docs/architecture.md draws them: who may import whom. `core` is open to all,
 * `testing` to tests, examples and benchmarks only.
 */
const arrows = {
  core: [],
  network: [],
  workers: [],
  sqlite: ['workers'],
  io: ['workers'],
  formats: ['workers'],
  'hf-client': ['network'],
  'civitai-client': ['network'],
  transfer: ['network', 'io'],
  'library-index': ['sqlite'],
  library: ['io', 'formats', 'sqlite', 'library-index'],
  mapper: ['io', 'sqlite'],
  jobs: ['sqlite'],
  fleet: ['sqlite'],
  postgres: ['jobs', 'fleet'],
  workflows: [
    'network',
    'io',
    'formats',
    'sqlite',
    'hf-client',
    'civitai-client',
    'transfer',
    'library-index',
    'library',
    'mapper',
    'jobs',
    'fleet',
  ],
  modelkeep: ['workflows', 'postgres'],
  cli: ['modelkeep'],
  testing: ['io'],
};

const isTest = '\\.test[-a-z]*\\.ts$|/fixtures/';

const boundaries = Object.entries(arrows).map(([name, allowed]) => ({
  name: `arrows-of-${name}`,
  comment: `${name} may import: ${['core', ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^packages/${name}/(src|bin)/`, pathNot: isTest },
  to: { path: '^packages/', pathNot: `^packages/(${[name, 'core', ...allowed].join('|')})/` },
}));

export default {
  forbidden: [
    ...boundaries,
    {
      name: 'entry-points-only',
      comment: 'another package is imported by its name, never by a path into it',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/',
        pathNot: '^packages/($1/|[^/]+/(src|dist)/((schemas|contract)/)?index\\.(ts|js|d\\.ts)$)',
      },
    },
    {
      name: 'testing-stays-outside',
      comment: 'no published code imports the testing package',
      severity: 'error',
      from: { path: '^packages/(?!testing)[^/]+/src/', pathNot: isTest },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'facade-only',
      comment: 'examples use what users get: the facade, and the testing package for a hub to talk to',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: '^packages/', pathNot: '^packages/(modelkeep|core|testing)/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'declared-dependencies',
      comment: 'what is imported stands in the package.json of the package that imports it',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: isTest },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['modelkeep-source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
