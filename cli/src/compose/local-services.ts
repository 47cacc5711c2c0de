import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { judgeLocalServices, type Remark, refusal } from "@compose-fleet/compose";
import { type FleetConfig, RESERVED_SERVICE_NAMES } from "@compose-fleet/fleet";
import { CliError, command, type Runner, tailOf } from "@compose-fleet/process";

/** What is asked for and is not there, or cannot run beside a local fleet; empty where all is well. Rejects with the file system's errors only. */
export async function localServicesFaults(
  runner: Runner,
  root: string,
  config: Pick<FleetConfig, "services" | "local">,
): Promise<readonly Remark[]> {
  const reading = await read(runner, root, config, {});
  return "faults" in reading ? reading.faults : [];
}

/**
 * What `docker compose config` makes of the files in `local.services`, as JSON; undefined where there are none. `images` are variables that the files
 * may use. Throws `CliError` with all faults.
 */
export async function readLocalServices(
  runner: Runner,
  root: string,
  config: Pick<FleetConfig, "services" | "local">,
  images: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const reading = await read(runner, root, config, images);
  if ("output" in reading) return reading.output;
  if (reading.faults.length === 0) return undefined;
  throw new CliError(
    ["local.services in the fleet file:", ...reading.faults.map(({ path, message }) => `  ${path}: ${message}`)].join(
      "\n",
    ),
  );
}

type Reading = { readonly output: string } | { readonly faults: readonly Remark[] };

async function read(
  runner: Runner,
  root: string,
  { services, local }: Pick<FleetConfig, "services" | "local">,
  images: Readonly<Record<string, string>>,
): Promise<Reading> {
  const found = await Promise.all(
    local.services.map(async (pattern) => ({ pattern, files: await matching(root, pattern) })),
  );
  const faults = found
    .filter(({ files }) => files.length === 0)
    .map(({ pattern }) => ({
      path: pattern,
      message: `is not there: write the file, or remove it from local.services`,
    }));
  const files = [...new Set(found.flatMap((each) => each.files))];
  if (faults.length > 0 || files.length === 0) return { faults };
  const folder = await mkdtemp(join(tmpdir(), "fleet-local-services-"));
  try {
    // By `include`, paths in a file are the file's own, and two files cannot say different things of one service.
    await writeFile(join(folder, "compose.json"), JSON.stringify({ include: files.map((file) => join(root, file)) }));
    const result = await runner.run({
      ...command("docker", "compose", "-p", "local-services", "-f", "compose.json", "config", "--format", "json"),
      cwd: folder,
      env: images,
      timeoutMs: 60_000,
    });
    if (result.exitCode !== 0) {
      const said = tailOf({ ...result, stderr: result.stderr.replaceAll(/^time="[^\n]*\n?/gm, "") });
      return { faults: [refusal(said.replaceAll(`${root}/`, "").replaceAll(`${folder}/`, ""), files.join(", "))] };
    }
    const taken = [...Object.keys(services), ...RESERVED_SERVICE_NAMES, "agent-local"];
    const judged = judgeLocalServices(result.stdout, taken);
    return judged.length > 0
      ? { faults: judged.map(({ path, message }) => ({ path: files.join(", "), message: `${path}: ${message}` })) }
      : { output: result.stdout };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files below `root` whose name is as the pattern says, where `*` stands for anything; in the order of the alphabet. */
async function matching(root: string, pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const parts = basename(pattern)
    .split("*")
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const name = new RegExp(`^${parts.join(".*")}$`, "s");
  const entries = await readdir(join(root, folder)).catch(() => []);
  return entries
    .filter((entry) => name.test(entry) && (!entry.startsWith(".") || pattern.includes("/.")))
    .sort()
    .map((entry) => join(folder, entry));
}
