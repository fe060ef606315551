/**
 * Who may import whom. Imports go down only; siblings on one floor do not know each other.
 * The same table is kept by test/architecture.test.ts with other means, so that a tool that
 * silently reads nothing cannot pass for a clean house.
 */

/** Floors from the ground up; each entry of a floor is a folder or a file under src/. */
const FLOORS = [
  ['shared'],
  ['main/base'],
  ['main/store', 'main/auth', 'main/providers', 'main/styles', 'main/steps', 'main/sandbox'],
  ['main/engine'],
  ['main/receiver', 'main/tunnel'],
  ['main/api'],
  ['main/app.ts'],
  ['main/headless', 'main/shell'],
  ['main/headless.ts', 'main/index.ts', 'main/store-writer.ts', 'main/sandbox-worker.ts'],
];

/** A pattern for one entry of the table. */
const at = (entry) => `^src/${entry.endsWith('.ts') ? entry.replace('.', '\\.') + '$' : `${entry}/`}`;

/** One rule per entry: inside src/ it may reach itself and the floors below, nothing else. */
const floorRules = FLOORS.flatMap((floor, height) =>
  floor.map((entry) => ({
    name: `floor ${height}: ${entry}`,
    comment: 'Imports go down only, and never to a sibling on the same floor.',
    severity: 'error',
    from: { path: at(entry) },
    to: {
      path: '^src/',
      pathNot: [at(entry), ...FLOORS.slice(0, height).flat().map(at)],
    },
  })),
);

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'worker entries open their own folder only',
      severity: 'error',
      from: { path: '^src/main/store-writer\\.ts$' },
      to: { path: '^src/', pathNot: '^src/main/store/' },
    },
    {
      name: 'the sandbox worker opens its own folder only',
      severity: 'error',
      from: { path: '^src/main/sandbox-worker\\.ts$' },
      to: { path: '^src/', pathNot: '^src/main/sandbox/' },
    },
    {
      name: 'preload is a bridge',
      comment: 'One channel, and nothing of the house but shared types.',
      severity: 'error',
      from: { path: '^src/preload/' },
      to: { path: '^src/', pathNot: ['^src/preload/', '^src/shared/'] },
    },
    {
      name: 'the renderer knows shared only',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: '^src/', pathNot: ['^src/renderer/', '^src/shared/'] },
    },
    {
      name: 'features never import one another',
      severity: 'error',
      from: { path: '^src/renderer/features/([^/]+)/' },
      to: { path: '^src/renderer/features/', pathNot: '^src/renderer/features/$1/' },
    },
    {
      name: 'features sit on data and ui',
      comment: 'Only data calls the client; app/ is above the features.',
      severity: 'error',
      from: { path: '^src/renderer/features/' },
      to: { path: '^src/renderer/(link|app)/' },
    },
    {
      name: 'data sits on link',
      severity: 'error',
      from: { path: '^src/renderer/data/' },
      to: { path: '^src/renderer/(features|app|ui)/' },
    },
    {
      name: 'link is the ground of the renderer',
      severity: 'error',
      from: { path: '^src/renderer/link/' },
      to: { path: '^src/renderer/', pathNot: '^src/renderer/link/' },
    },
    {
      name: 'ui knows no data',
      severity: 'error',
      from: { path: '^src/renderer/ui/' },
      to: { path: '^src/renderer/', pathNot: '^src/renderer/ui/' },
    },
    {
      name: 'one importer of better-sqlite3',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/store/' },
      to: { path: ['^better-sqlite3', 'node_modules/better-sqlite3', 'node_modules/@types/better-sqlite3'] },
    },
    {
      name: 'one importer of electron',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main/shell/', '^src/main/index\\.ts$', '^src/preload/'] },
      to: { path: ['^electron$', 'node_modules/electron/'] },
    },
    {
      name: 'shared is pure',
      comment: 'No Node, no DOM, no Electron.',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the page has no Node',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'what ships depends on what ships',
      comment: 'Main and preload load their packages at run time: they must be dependencies.',
      severity: 'error',
      from: { path: '^src/(main|shared)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: ['node_modules/electron/', 'node_modules/@types/'],
      },
    },
    {
      name: 'sources do not know tests or tools',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|resources/scripts)/' },
    },
    {
      name: 'no circles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'nothing unresolved',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '\\?(url|raw|worker|inline)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.mixed.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
