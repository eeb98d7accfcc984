// Builds GraphiQL into files that the server serves: index.html and hashed assets, each with a gzipped twin.
// Usage: node build.mjs OUTPUT_FOLDER
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
// The page is shown at /graphql, so this leads to /static/graphiql/, also behind a proxy that adds a prefix.
const ASSETS = 'static/graphiql/';
const WORTH_GZIPPING = /\.(js|css|svg)$/;

const COMMON = {
  absWorkingDir: HERE,
  bundle: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  minify: true,
  outdir: 'out',
  target: 'es2022',
  write: false,
};

const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
};

/** Runs esbuild; gives its files and, by entry point, the name of the file made from it. */
async function bundle(options) {
  const { metafile, outputFiles } = await build({ ...COMMON, ...options });
  const names = {};
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint) names[entryPoint] = basename(path);
  }
  return { files: outputFiles, names };
}

/** The workers are classic scripts, complete in one file each: a worker that imports nothing can't fail half-way. */
async function bundleWorkers() {
  const { files, names } = await bundle({ entryPoints: WORKERS, format: 'iife' });
  const paths = Object.entries(WORKERS).map(([label, module]) => [
    label,
    names[Object.keys(names).find((entry) => entry.endsWith(module))],
  ]);
  return { files, names: Object.fromEntries(paths) };
}

/** The editor's styles come with GraphiQL's style sheet, so what the scripts import of them is left out. */
const bundlePage = (workers) =>
  bundle({
    entryPoints: ['src/page.jsx'],
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    loader: { '.css': 'empty' },
    // GraphiQL's "prettify" asks for the CommonJS twins of these, whose names are lost in a chunk of their own.
    alias: {
      'prettier/parser-babel': 'prettier/plugins/babel',
      'prettier/parser-graphql': 'prettier/plugins/graphql',
    },
    define: { ...COMMON.define, WORKER_FILES: JSON.stringify(workers) },
  });

const bundleStyles = () => bundle({ entryPoints: ['src/page.css', 'src/icon.svg'], loader: { '.svg': 'copy' } });

async function writeAsset(folder, { path, contents }) {
  const target = join(folder, basename(path));
  await writeFile(target, contents);
  if (WORTH_GZIPPING.test(target)) await writeFile(`${target}.gz`, gzipSync(contents, { level: 9 }));
}

async function main(folder) {
  const workers = await bundleWorkers();
  const [page, styles] = await Promise.all([bundlePage(workers.names), bundleStyles()]);
  const names = { ...page.names, ...styles.names };
  const template = await readFile(join(HERE, 'src/index.html'), 'utf8');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of [...workers.files, ...page.files, ...styles.files]) await writeAsset(folder, file);
  // Last, so that a page is there only when all its files are.
  const html = template.replace(/\{\{(.+?)\}\}/g, (_, entry) => ASSETS + names[entry]);
  await writeFile(join(folder, 'index.html'), html);
}

await main(resolve(process.argv[2]));
