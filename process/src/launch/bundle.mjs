import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

/*
 * A program with all that it imports, as a few files of plain JavaScript: Node reads those in a sixth of the time that it takes to
 * translate a thousand modules at every start. They are kept below node_modules/.cache and made again when a source changed.
 */

/** Raise it when what is below changes what it writes. */
const VERSION = 3;
const DAY_MS = 86_400_000;
/** Processes that began with an older bundle may still want parts of it. */
const KEPT_DAYS = 7;
const CACHE = "node_modules/.cache/compose-fleet";
/** Packages of many modules, in JavaScript alone. Others are read from where they are installed: some look for files beside themselves. */
const BUNDLED = /^(@aws-sdk|@smithy|@compose-fleet|@grafana)\/|^(commander|croner|execa|tar|undici|yaml|zod)$/;

/**
 * Path of the program's bundle, made where there is none of these sources. Rejects where it cannot be made or kept.
 * @param {string} root the project's folder
 * @param {string} entry path of the program's main module
 */
export async function bundleOf(root, entry) {
  const folder = path.join(root, CACHE, digest(`${root}\n${entry}`));
  const kept = await readKept(path.join(folder, "sources.json"));
  const state = kept && (await stateOf(root, kept.sources));
  if (state !== undefined && state === kept.state) return kept.main;
  return build(root, entry, folder);
}

async function build(root, entry, folder) {
  const place = path.join(folder, randomUUID());
  try {
    const sources = await writeBundle(root, entry, place);
    const main = path.join(place, "main.mjs");
    const temporary = path.join(place, "sources.json");
    await writeFile(temporary, JSON.stringify({ root, main, ...sources }));
    await rename(temporary, path.join(folder, "sources.json"));
    await removeOld(folder);
    return main;
  } catch (error) {
    await rm(place, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

/** Resolves with the sources and their state; without a state where one may have changed meanwhile, so that the next start bundles anew. */
async function writeBundle(root, entry, place) {
  const esbuild = await import("esbuild");
  const begunMs = Date.now();
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: place,
    outExtension: { ".js": ".mjs" },
    entryNames: "main",
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    metafile: true,
    logLevel: "silent",
    // What is not yet a module of its own asks for `require`.
    banner: {
      js: 'import{createRequire as _requireFrom}from"node:module";const require=_requireFrom(import.meta.url);',
    },
    plugins: [bundlesWhatIsNamed, knowsWhereItWas],
  });
  const sources = Object.keys(metafile.inputs).filter((name) => !name.includes("node_modules/"));
  const changedMs = await Promise.all(sources.map(async (name) => (await stat(path.resolve(root, name))).mtimeMs));
  return { sources, state: changedMs.some((ms) => ms > begunMs) ? undefined : await stateOf(root, sources) };
}

/** What a package imports is bundled with it: it may have versions of its own. */
const bundlesWhatIsNamed = {
  name: "bundles what is named",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path: name, importer, kind }) => {
      const isBundled = kind === "entry-point" || importer.includes("/node_modules/") || BUNDLED.test(name);
      return isBundled ? undefined : { external: true };
    });
  },
};

/** Our modules find files beside themselves by `import.meta`, which in a bundle would be the bundle's. */
const knowsWhereItWas = {
  name: "knows where it was",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      if (file.includes("/node_modules/")) return undefined;
      const text = await readFile(file, "utf8");
      const contents = text
        .replaceAll("import.meta.dirname", JSON.stringify(path.dirname(file)))
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href));
      return { contents, loader: "ts" };
    });
  },
};

async function readKept(file) {
  try {
    const kept = JSON.parse(await readFile(file, "utf8"));
    await stat(kept.main);
    return kept;
  } catch {
    return undefined;
  }
}

/** Changes whenever a source, a dependency or Node does. Undefined when a source is gone. */
async function stateOf(root, sources) {
  try {
    const files = [...sources, "package-lock.json"].map((name) => path.resolve(root, name));
    const stats = await Promise.all(files.map((file) => stat(file)));
    return digest(JSON.stringify([VERSION, process.version, stats.map(({ mtimeMs, size }) => [mtimeMs, size])]));
  } catch {
    return undefined;
  }
}

/** Older bundles of this program, and all of projects that are no longer there. */
async function removeOld(folder) {
  for (const place of await foldersIn(folder)) {
    const { mtimeMs } = await stat(place);
    if (Date.now() - mtimeMs > KEPT_DAYS * DAY_MS) await rm(place, { recursive: true, force: true });
  }
  for (const other of await foldersIn(path.dirname(folder))) {
    const kept = await readKept(path.join(other, "sources.json"));
    if (kept && !(await stat(kept.root).catch(() => undefined))) await rm(other, { recursive: true, force: true });
  }
}

async function foldersIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((one) => one.isDirectory()).map(({ name }) => path.join(folder, name));
}

function digest(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
