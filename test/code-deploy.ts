import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";

/** The events of an in-place deployment that this repository has hooks or files for, in CodeDeploy's order. */
const EVENTS = ["BeforeInstall", "Install", "AfterInstall", "ApplicationStart", "ValidateService"] as const;
type Event = (typeof EVENTS)[number];

/** How a deployment to one machine ended: what all hooks printed, and the event that failed, if one did. */
export interface Deployment {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly failedAt?: Event;
}

export interface DeployOptions {
  /** Environment of the hooks, beside FLEET_ROOT. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called before an event. */
  readonly before?: Partial<Record<Event, () => Promise<void>>>;
  /**
   * Gets the process of each hook, which leads a process group. When it rejects, the group is killed and the deployment rejects; also
   * when the hook ends before it resolves, with the hook's words.
   */
  readonly onHook?: (event: Event, hook: ChildProcess) => Promise<void>;
}

/** Installs an unpacked revision as the agent on an instance does: files and hooks by its appspec.yml, ending with the first hook that fails. */
export async function deploy(root: string, archive: string, options: DeployOptions = {}): Promise<Deployment> {
  const spec = parse(await readFile(join(archive, "appspec.yml"), "utf8"));
  const env = { FLEET_ROOT: root, ...options.env };
  let stdout = "";
  let stderr = "";
  for (const event of EVENTS) {
    await options.before?.[event]?.();
    if (event === "Install") {
      for (const { source, destination } of spec.files) {
        const target = destination.replace(/^\/opt\/fleet/, root);
        await cp(join(archive, source), target, { recursive: true });
      }
    }
    for (const { location } of spec.hooks[event] ?? []) {
      const hook = await runHook(archive, location, { ...env, LIFECYCLE_EVENT: event }, (child) =>
        options.onHook?.(event, child),
      );
      stdout += hook.stdout;
      stderr += hook.stderr;
      if (hook.code !== 0) return { code: hook.code, stdout, stderr, failedAt: event };
    }
  }
  await rm(archive, { recursive: true });
  return { code: 0, stdout, stderr };
}

async function runHook(
  archive: string,
  location: string,
  env: Readonly<Record<string, string>>,
  started: (child: ChildProcess) => Promise<void> | undefined,
): Promise<Deployment> {
  const child = spawn(join(archive, location), [], {
    cwd: archive,
    // biome-ignore lint/style/noProcessEnv: Docker's client needs PATH and HOME
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      texts[name] += chunk;
    });
  const closed = once(child, "close");
  const exited = once(child, "exit");
  const disturbed = Promise.resolve(started(child)).then(() => true);
  const isDisturbed = await Promise.race([disturbed, exited.then(() => false)]).catch(async (error: unknown) => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await exited.catch(() => undefined);
    throw error;
  });
  // Whoever waits for something in the middle of it may go on waiting.
  disturbed.catch(() => undefined);
  const [code] = await exited;
  // Its last words may come after its end, and what it left behind may hold its output open.
  await Promise.race([closed, sleep(1_000)]);
  if (!isDisturbed) throw new Error(`${location} ended (${code}) too early.\n${texts.stdout}${texts.stderr}`);
  return { code: code ?? 137, ...texts };
}
