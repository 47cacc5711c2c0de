import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import {
  deployCommands,
  imageCommands,
  imageVariables,
  ownImages,
  registryHost,
  STACK_FOLDERS,
} from "../src/first-release.ts";
import { loadFleetFile } from "../src/load-fleet-file.ts";
import type { MachineKind } from "../src/names.ts";
import { runScript } from "./run-script.ts";

const usage = `Usage: npm run infra:first-release -- --bucket BUCKET [--tag TAG]

Builds the images, pushes them to the fleet's registry, and deploys both stacks to the machines that wait for them.
Wants Docker and the AWS CLI, with credentials of the fleet's account.

  --bucket BUCKET   the fleet stack's output revision_bucket
  --tag TAG         tag of the images and name of the revisions (default: the commit); the registry takes each once

Environment:
  FLEET_FILE        the fleet file (default: fleet.yaml)

Exit codes: 0 deployed, 1 failed, 2 usage.`;

/** Not part of what runs on a machine. */
const LEFT_OUT = /^(test|node_modules)$|\.test\.ts$/;

await runScript(usage, async (args, env, say) => {
  const { bucket, tag = capture("git", ["rev-parse", "--short=12", "HEAD"]) } = parseArgs({
    args,
    options: { bucket: { type: "string" }, tag: { type: "string" } },
  }).values;
  if (bucket === undefined)
    return { exitCode: 2, lines: ["--bucket is missing: write the stack's output revision_bucket", "", usage] };
  const fleetFile = env.FLEET_FILE ?? "fleet.yaml";
  const config = loadFleetFile(fleetFile);
  const account = capture("aws", ["sts", "get-caller-identity", "--query", "Account", "--output", "text"]);
  if (config.deploy.account !== undefined && config.deploy.account !== account)
    return {
      exitCode: 1,
      lines: [
        `these are credentials of account ${account}, the fleet belongs to ${config.deploy.account}: use that account's`,
      ],
    };

  const target = { account, bucket, tag };
  const images = ownImages(config, (folder) => existsSync(join(folder, "Dockerfile")));
  const scratch = mkdtempSync(join(tmpdir(), "fleet-release-"));
  try {
    for (const stack of Object.values(STACK_FOLDERS))
      cpSync(stack, join(scratch, stack), { recursive: true, filter: (path) => !LEFT_OUT.test(basename(path)) });
    // What is committed is rendered from fleet.yaml; this may be another environment's file.
    capture(process.execPath, ["cli/bin/fleet.mjs", "render", "--fleet", fleetFile, "--out", scratch]);
    say("sign in to the registry");
    const password = capture("aws", ["ecr", "get-login-password", "--region", config.region]);
    // A folder of its own, so that the password does not outlive this run.
    const docker = { ...env, DOCKER_CONFIG: join(scratch, "docker") };
    const login = ["login", "--username", "AWS", "--password-stdin", registryHost(config, target)];
    execFileSync("docker", login, { input: password, env: docker, stdio: ["pipe", "ignore", "inherit"] });
    for (const command of imageCommands(config, target, images)) {
      say(command.title);
      const isPush = command.args[0] === "push";
      execFileSync(command.file, command.args, { stdio: ["ignore", "ignore", "inherit"], env: isPush ? docker : env });
    }
    // Workers first: a scaler that finds none that serves would replace them.
    for (const kind of ["workers", "monitoring"] satisfies MachineKind[]) {
      const staged = join(scratch, STACK_FOLDERS[kind]);
      writeFileSync(join(staged, ".env"), imageVariables(config, target, images));
      if (kind === "monitoring") cpSync(fleetFile, join(staged, "fleet.yaml"));
      const [upload, deploy] = deployCommands(config, target, kind, staged);
      say(upload.title);
      capture(upload.file, upload.args);
      const id = capture(deploy.file, deploy.args);
      say(`${deploy.title}: ${id}`);
      capture("aws", ["deploy", "wait", "deployment-successful", "--region", config.region, "--deployment-id", id]);
    }
    return { exitCode: 0, lines: [`both stacks run at ${tag}`] };
  } catch (error) {
    // What the program itself said is on the terminal already.
    if (error instanceof Error && ("status" in error || "syscall" in error))
      return {
        exitCode: 1,
        lines: [`${error.message.split("\n")[0]}: nothing after that was done; run it again with another --tag`],
      };
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

function capture(file: string, args: readonly string[]): string {
  return execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
}
