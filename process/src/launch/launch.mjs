// Plain JavaScript that also an old Node can read, so that it can say what is missing.
import { accessSync, constants, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = new URL("../../../", import.meta.url);

/** Runs the program whose main module this is, by its path from the project's folder; or says what is missing. */
export async function launch(main) {
  const fault = nodeFault() || folderFault() || temporaryFault();
  const module = fault === undefined ? await runnable(fileURLToPath(new URL(main, ROOT))) : undefined;
  if (module === undefined) {
    process.stderr.write(`${fault || "The project's dependencies are not installed: run npm ci in its folder."}\n`);
    process.exitCode = 2;
    return;
  }
  // On Node 20 the AWS SDK would say at every command that its versions of 2027 want Node 22. Ours is pinned. Processes started here inherit it.
  // biome-ignore lint/style/noProcessEnv: composition root
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  await import(pathToFileURL(module).href);
}

/** What Node can run in place of this source. Where it cannot be bundled, for want of room or for a slip in a source, it is translated as it runs. */
async function runnable(source) {
  try {
    const { bundleOf } = await import("./bundle.mjs");
    return await bundleOf(fileURLToPath(ROOT), source);
  } catch {
    const tsx = await import("tsx/esm/api").catch(() => undefined);
    if (tsx === undefined) return undefined;
    tsx.register();
    return source;
  }
}

function nodeFault() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `fleet needs Node 20.19 or newer, this is ${process.versions.node}: install a newer one (https://nodejs.org).`;
}

/** A folder that was removed while a shell was in it: everything below asks for its path, and would end with a stack trace. */
function folderFault() {
  try {
    process.cwd();
    return undefined;
  } catch {
    return "The folder that this runs in is no longer there: change into another one, then try again.";
  }
}

/** What runs TypeScript keeps its cache in the folder for temporary files, and would end with a stack trace where it cannot. */
function temporaryFault() {
  try {
    accessSync(tmpdir(), constants.W_OK);
    return statSync(tmpdir()).isDirectory() ? undefined : temporarySentence("it is no folder");
  } catch (error) {
    const known = { EROFS: "its file system is read-only", ENOENT: "there is no such folder", EACCES: "no permission" };
    return temporarySentence(known[error.code] || error.code);
  }
}

function temporarySentence(why) {
  return `Temporary files belong into ${tmpdir()}, which cannot be written (${why}): set TMPDIR to another folder, then try again.`;
}
