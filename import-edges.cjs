/** Import edges of docs/design.md, "Folders". An edge not listed there fails `npm run check`. */

/** Tests and their helpers may import what they like. */
const testing = '\\.test\\.tsx?$|/testing/|/test-support\\.ts$';

const only = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from, pathNot: testing },
  to: { pathNot: to },
});

const shared = '^src/shared/';
const node =
  '^(node:)?(assert|buffer|child_process|constants|crypto|events|fs|os|path|perf_hooks|process|stream|timers|url|util|vm|worker_threads|zlib|fs/promises|timers/promises|v8|module)$';
const sqlite = 'node_modules/@photostructure/sqlite/';
const blake = 'node_modules/@napi-rs/blake-hash/';
const locks = 'node_modules/fs-native-extensions/';
const zstd = 'node_modules/zstd-napi/';
const electron = 'node_modules/electron/';
const zod = 'node_modules/zod/';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?' },
    },
    only('base-imports-nothing', '^src/shared/base/', '^src/shared/base/'),
    only('domain', '^src/shared/domain/', '^src/shared/(base|domain)/'),
    only('ipc', '^src/shared/ipc/', `^src/shared/|${zod}`),
    only(
      'engine',
      '^src/main/engine/',
      `^src/main/engine/|${shared}|${node}|${sqlite}|${blake}|${zstd}|${locks}`,
      'The engine knows no Electron.',
    ),
    only(
      'engine-kernels',
      '^src/main/engine/kernels/',
      `^src/main/engine/(kernels|fragments|codecs)/|${node}|${blake}|${zstd}`,
    ),
    only(
      'engine-codecs',
      '^src/main/engine/codecs/',
      `^src/main/engine/(codecs|kernels)/|${zstd}|^(node:)?module$`,
      'Bytes in, bytes out.',
    ),
    only(
      'engine-io',
      '^src/main/engine/io/',
      `^src/main/engine/(io|formats/(errors|reader))|${node}`,
    ),
    only(
      'engine-formats',
      '^src/main/engine/formats/',
      `^src/main/engine/(formats|io|model)/|${shared}|${node}`,
    ),
    only(
      'engine-fragments',
      '^src/main/engine/fragments/',
      `^src/main/engine/(fragments|model)/|${shared}|${node}|${blake}`,
    ),
    {
      name: 'engine-by-its-api',
      severity: 'error',
      comment: 'Outside the engine only api.ts is imported. Tests and benchmarks may look inside.',
      from: { path: '^src/', pathNot: `^src/main/engine/|${testing}` },
      to: { path: '^src/main/engine/', pathNot: '^src/main/engine/api\\.ts$' },
    },
    only('preload', '^src/main/preload/', `${electron}|${shared}|^electron$|^src/main/preload/`),
    only(
      'renderer',
      '^src/renderer/',
      `^src/renderer/|${shared}|node_modules/(?!electron|@photostructure|@napi-rs|zstd-napi)`,
    ),
    only(
      'cli',
      '^src/cli/',
      `^src/cli/|^src/main/engine/api\\.ts$|${shared}|${node}|node_modules/commander/`,
    ),
    {
      name: 'electron-only-in-main-and-preload',
      severity: 'error',
      from: { path: '^src/(shared|cli|renderer|main/engine)/' },
      to: { path: 'node_modules/electron/|^electron$' },
    },
    {
      name: 'bridge-only-in-client',
      severity: 'error',
      comment: 'A renderer feature talks to the engine through src/renderer/src/client only.',
      from: { path: '^src/renderer/src/(?!client)', pathNot: testing },
      to: { path: '^src/main/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    exclude: { path: '^(out|test-results)/' },
  },
};
