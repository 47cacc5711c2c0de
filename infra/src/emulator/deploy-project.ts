import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, type CommandResult, runCommand } from "../terraform/run-command.ts";
import type { EmulatedAccount } from "./emulated-account.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const DEPLOY = at("../../scripts/deploy.ts");
const APP = at("../../main.ts");
const TSX = import.meta.resolve("tsx");

/** A folder in which somebody deploys, away from the project's own `cdktf.out`, which may know of a real account. */
export interface DeployProject {
  /** Runs `npm run deploy` with these arguments against the emulated account. */
  deploy(
    args: readonly string[],
    account: EmulatedAccount,
    more?: Pick<Command, "onLine" | "stopSignals">,
  ): Promise<CommandResult>;
  /** Runs a script of this repository by Node. */
  script(file: string, args: readonly string[], account: EmulatedAccount): Promise<CommandResult>;
  /** Runs the cdktf command line that is installed at this path. */
  cdktf(
    file: string,
    args: readonly string[],
    account: EmulatedAccount,
    env: Readonly<Record<string, string>>,
  ): Promise<CommandResult>;
  remove(): void;
}

/** What is needed: the fleet file, where Terraform is found, and a mirror of its provider, without which it is downloaded. */
export interface DeployProjectProps {
  readonly fleetFile: string;
  readonly path: string | undefined;
  readonly mirror: string | undefined;
}

/** Creates one below the system's folder of temporary files. */
export function createDeployProject({ fleetFile, path, mirror }: DeployProjectProps): DeployProject {
  const folder = mkdtempSync(join(tmpdir(), "fleet-project-"));
  writeFileSync(
    join(folder, "cdktf.json"),
    JSON.stringify({ language: "typescript", app: `${process.execPath} --import ${TSX} ${APP}`, output: "cdktf.out" }),
  );
  const settings = join(folder, "terraform.rc");
  if (mirror !== undefined)
    writeFileSync(settings, `provider_installation { filesystem_mirror { path = "${mirror}" } }\n`);
  const run = (file: string, args: readonly string[], account: EmulatedAccount, more: Partial<Command> = {}) =>
    runCommand({
      ...more,
      file,
      args,
      cwd: folder,
      env: {
        PATH: path,
        HOME: homedir(),
        FLEET_FILE: resolve(fleetFile),
        CHECKPOINT_DISABLE: "1",
        ...account.env,
        ...(mirror === undefined ? {} : { TF_CLI_CONFIG_FILE: settings }),
        ...more.env,
      },
    });
  const node = (script: string, args: readonly string[]) => ["--import", TSX, script, ...args];
  return {
    deploy: (args, account, more) => run(process.execPath, node(DEPLOY, args), account, more),
    script: (file, args, account) => run(process.execPath, node(file, args), account),
    cdktf: (file, args, account, env) => run(file, args, account, { env }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
