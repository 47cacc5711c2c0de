import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Deployment, ReleaseAgent } from "@compose-fleet/emulator";
import { type Diagnostics, type LifecycleEventName, type Revision, SUCCESS } from "@compose-fleet/emulator";
import { messageOf, must, type Runner } from "@compose-fleet/process";
import { workerHome } from "../worker/worker-files.ts";
import { type Appspec, parseAppspec } from "./appspec.ts";
import { installFiles } from "./install-files.ts";

export interface ReleaseAgentDeps {
  readonly runner: Runner;
  readonly stateDir: string;
  readonly application: string;
  readonly deploymentGroup: string;
  /** The archive of a revision; undefined when it is not there. */
  readonly fetch: (revision: Revision) => Buffer | undefined;
  /** What a shell on the instance sees. */
  readonly shell: (instanceId: string) => Readonly<Record<string, string>>;
  /** Adds to a freshly installed folder what only this machine has. */
  readonly addLocalFiles: (instanceId: string, folder: string) => Promise<void>;
}

/** What an instance calls the place of the fleet's files. */
const ROOT = "/opt/fleet";
/** The agent on AWS reports this much of what scripts said. */
const LOG_TAIL = 2048;
const ARCHIVES_KEPT = 3;

/** Carries out lifecycle events on the emulated instances as CodeDeploy's agent does: real archives, real appspec, real hooks. */
export function createReleaseAgent(deps: ReleaseAgentDeps): ReleaseAgent {
  const folderOf = (instanceId: string) => join(workerHome(deps.stateDir, instanceId).folder, "codedeploy");
  const archiveOf = (instanceId: string, id: string) => join(folderOf(instanceId), id, "deployment-archive");
  const lastFile = (instanceId: string) => join(folderOf(instanceId), "last-successful");
  const appspecIn = async (archive: string) => parseAppspec(await readFile(join(archive, "appspec.yml"), "utf8"));

  async function runEvent(
    instanceId: string,
    deployment: Deployment,
    event: LifecycleEventName,
    signal: AbortSignal,
  ): Promise<Diagnostics> {
    const archive = archiveOf(instanceId, deployment.id);
    switch (event) {
      case "ApplicationStop": {
        // The revision that goes is the one that knows how to stop it.
        const last = await readFile(lastFile(instanceId), "utf8").catch(() => undefined);
        return last === undefined ? SUCCESS : hooks(instanceId, deployment, event, archiveOf(instanceId, last), signal);
      }
      case "DownloadBundle":
        await unpack(deployment, archive, signal);
        return SUCCESS;
      case "Install":
        await install(instanceId, deployment, archive);
        return SUCCESS;
      case "ValidateService": {
        const validated = await hooks(instanceId, deployment, event, archive, signal);
        if (validated.errorCode === "Success") await keep(instanceId, deployment.id);
        return validated;
      }
      default:
        return hooks(instanceId, deployment, event, archive, signal);
    }
  }

  async function unpack({ revision }: Deployment, archive: string, signal: AbortSignal): Promise<void> {
    const bundle = deps.fetch(revision);
    if (!bundle) throw new Error(`The specified key does not exist. (s3://${revision.bucket}/${revision.key})`);
    await rm(archive, { recursive: true, force: true });
    await mkdir(archive, { recursive: true });
    const file = `${archive}.${revision.bundleType}`;
    await writeFile(file, bundle);
    const unzip = revision.bundleType === "tgz" ? "-xzf" : "-xf";
    await must(deps.runner, { file: "tar", args: [unzip, file, "-C", archive], timeoutMs: 120_000, signal });
    await rm(file);
  }

  async function install(instanceId: string, deployment: Deployment, archive: string): Promise<void> {
    const { folder } = workerHome(deps.stateDir, instanceId);
    const destinations = await installFiles({
      appspec: await appspecIn(archive),
      archive,
      place: (path) => {
        if (path !== ROOT && (!path.startsWith(`${ROOT}/`) || path.split("/").includes("..")))
          throw new Error(`${path} is outside ${ROOT}, which is all that an emulated instance has`);
        return join(folder, path.slice(ROOT.length));
      },
      fileExistsBehavior: deployment.fileExistsBehavior,
      record: join(folderOf(instanceId), "installed.json"),
    });
    for (const destination of destinations) await deps.addLocalFiles(instanceId, destination);
  }

  async function hooks(
    instanceId: string,
    deployment: Deployment,
    event: LifecycleEventName,
    archive: string,
    signal: AbortSignal,
  ): Promise<Diagnostics> {
    let last = SUCCESS;
    for (const hook of (await appspecIn(archive)).hooks[event] ?? []) {
      last = await runHook(instanceId, deployment, event, archive, hook, signal);
      if (last.errorCode !== "Success") break;
    }
    return last;
  }

  async function runHook(
    instanceId: string,
    deployment: Deployment,
    event: LifecycleEventName,
    archive: string,
    hook: NonNullable<Appspec["hooks"][string]>[number],
    signal: AbortSignal,
  ): Promise<Diagnostics> {
    const { location } = hook;
    const path = join(archive, location);
    const isThere = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (!isThere) return failure("ScriptMissing", location, `Script does not exist at specified location: ${location}`);
    await chmod(path, 0o755);
    const result = await deps.runner.run({
      file: path,
      args: [],
      cwd: archive,
      env: {
        ...deps.shell(instanceId),
        APPLICATION_NAME: deps.application,
        DEPLOYMENT_GROUP_NAME: deps.deploymentGroup,
        DEPLOYMENT_ID: deployment.id,
        LIFECYCLE_EVENT: event,
      },
      timeoutMs: hook.timeout * 1000,
      leaveAfterTimeout: true,
      signal,
    });
    const logTail = tail(event, location, result.stdout, result.stderr);
    const script = `Script at specified location: ${location} run as user ${hook.runas ?? "root"}`;
    if (result.timedOut)
      return {
        ...failure("ScriptTimedOut", location, `${script} failed to complete in ${hook.timeout} seconds`),
        logTail,
      };
    if (result.exitCode !== 0)
      return { ...failure("ScriptFailed", location, `${script} failed with exit code ${result.exitCode}`), logTail };
    return { ...SUCCESS, scriptName: location, logTail };
  }

  /** Remembers what runs now, and forgets archives that are older than a few. */
  async function keep(instanceId: string, deploymentId: string): Promise<void> {
    await writeFile(lastFile(instanceId), deploymentId);
    const folder = folderOf(instanceId);
    const archives = (await readdir(folder)).filter((name) => name.startsWith("d-") && name !== deploymentId);
    const aged = await Promise.all(
      archives.map(async (name) => ({ name, modifiedAtMs: (await stat(join(folder, name))).mtimeMs })),
    );
    const old = aged.sort((left, right) => right.modifiedAtMs - left.modifiedAtMs).slice(ARCHIVES_KEPT - 1);
    for (const { name } of old) await rm(join(folder, name), { recursive: true, force: true });
  }

  return {
    run: async (instanceId, deployment, event, signal) => {
      await mkdir(folderOf(instanceId), { recursive: true });
      try {
        return await runEvent(instanceId, deployment, event, signal);
      } catch (error) {
        return failure("UnknownError", "", messageOf(error));
      } finally {
        signal.throwIfAborted();
      }
    },
  };
}

function failure(errorCode: Diagnostics["errorCode"], scriptName: string, message: string): Diagnostics {
  return { errorCode, scriptName, message, logTail: "" };
}

function tail(event: LifecycleEventName, location: string, stdout: string, stderr: string): string {
  const lines = (stream: string, text: string) =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `[${stream}]${line}\n`)
      .join("");
  const head = `LifecycleEvent - ${event}\nScript - ${location}\n`;
  return head + (lines("stdout", stdout) + lines("stderr", stderr)).slice(-(LOG_TAIL - head.length));
}
