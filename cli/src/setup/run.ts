// A stand-in for `fleet setup`: npx tsx cli/src/setup/run.ts [--refresh] [EXTRA_IMAGE…]. The composition root of the set-up.
import { homedir } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import {
  createExecaRunner,
  createHost,
  createLineProgress,
  createTerminalProgress,
  ensureDocker,
  ensureImages,
  imageCatalog,
  SetupError,
} from "./index.ts";

const root = resolve(import.meta.dirname, "../../..");
const stateFolder = resolve(root, ".fleet");
// biome-ignore lint/style/noProcessEnv: composition root
const env = process.env;
const write = (text: string) => process.stdout.write(text);
const nowMs = () => Date.now();
const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
const progress = terminal
  ? createTerminalProgress({ write, nowMs, columns: process.stdout.columns })
  : createLineProgress({ write, nowMs });
const ask = async (question: string) => {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
};

const runner = createExecaRunner();
const host = createHost({ home: homedir(), ...(env.DOCKER_HOST === undefined ? {} : { dockerHost: env.DOCKER_HOST }) });
const startedAtMs = nowMs();
try {
  const actor = { isRoot: host.isRoot, say: progress.note, ...(terminal ? { ask } : {}) };
  const versions = await ensureDocker({ runner, host, actor, progress, stateFolder });
  progress.note(`Docker ${versions.engine}, compose ${versions.compose}, buildx ${versions.buildx}`);
  const extra = imageCatalog.map((entry) => entry.variable).filter((name) => process.argv.includes(name));
  const overrides = Object.fromEntries(imageCatalog.map((entry) => [entry.variable, env[entry.variable]]));
  const request = { extra, overrides, refresh: process.argv.includes("--refresh") };
  const { images, origins, envFile } = await ensureImages(
    { runner, host, progress, stateFolder, imagesFolder: resolve(root, "images") },
    request,
  );
  for (const [name, image] of Object.entries(images)) {
    progress.note(`${name}=${image} (${origins[name as keyof typeof origins]})`);
  }
  progress.note(`${envFile} written; ${((nowMs() - startedAtMs) / 1000).toFixed(1)} s`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
