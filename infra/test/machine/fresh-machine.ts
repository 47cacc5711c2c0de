import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readImages } from "../../../test/images.ts";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  /** stdout and stderr. */
  readonly output: string;
}

/** A container with nothing installed, in AWS's surroundings. */
export interface FreshMachine {
  /** Runs the script as cloud-init would: as root, without HOME. */
  readonly boot: (script: string) => Promise<Ended>;
  readonly sh: (command: string) => Promise<Ended>;
  /** A file's content. Throws where it is missing. */
  readonly read: (path: string) => Promise<string>;
  /** Writes a file into the folder `/aws`. */
  readonly write: (name: string, content: string) => Promise<void>;
  /** Copies a folder of this machine into it. */
  readonly copy: (from: string, to: string) => Promise<void>;
  /** Runs a container of the image that this variable of `.fleet/images.env` names, in the machine's network; `/aws` is a folder that both have. */
  readonly runBeside: (imageVariable: string, args: readonly string[]) => Promise<void>;
  readonly remove: () => Promise<void>;
}

const AWS_HOSTS = [
  "awscli.amazonaws.com",
  "s3.eu-central-1.amazonaws.com",
  "amazoncloudwatch-agent-eu-central-1.s3.eu-central-1.amazonaws.com",
  "aws-codedeploy-eu-central-1.s3.eu-central-1.amazonaws.com",
];
const PREPARED_SECONDS = 90;

/** Starts a fresh machine. The container may mount, as the data volume needs it. Throws with a sentence where something is missing. */
export async function createFreshMachine(name: string): Promise<FreshMachine> {
  const image = imageOf("MACHINE_IMAGE");
  const folder = await mkdtemp(join(tmpdir(), "fleet-machine-"));
  const container = `fleet-test-${name}-${process.pid}`;
  const beside: string[] = [];
  const remove = async () => {
    await run("docker", ["rm", "-f", "-v", ...beside, container]);
    await rm(folder, { recursive: true, force: true });
  };
  const runBeside: FreshMachine["runBeside"] = async (variable, args) => {
    const besideImage = imageOf(variable);
    const besideName = `${container}-${beside.length}`;
    beside.push(besideName);
    const shared = ["-v", `${folder}:/aws:ro`, "-v", `${import.meta.dirname}:/test:ro`];
    const options = ["--name", besideName, "--network", `container:${container}`, "--group-add", "7653", ...shared];
    await must("docker", ["run", "-d", ...options, besideImage, ...args]);
  };
  try {
    await must("docker", [
      ...["run", "-d", "--name", container, "--cap-add", "NET_ADMIN", "--cap-add", "SYS_ADMIN"],
      ...[
        "--security-opt",
        "apparmor=unconfined",
        "--device-cgroup-rule",
        "b 7:* rwm",
        "--device",
        "/dev/loop-control",
      ],
      ...AWS_HOSTS.flatMap((host) => ["--add-host", `${host}:127.0.0.1`]),
      ...["-v", `${folder}:/aws`, "-v", `${import.meta.dirname}:/test:ro`, image, "sleep", "3600"],
    ]);
    await must("docker", ["exec", container, "bash", "/test/prepare.sh"]);
    await runBeside("NODE_IMAGE", ["node", "/test/aws-server.mjs"]);
    const listening = () => run("docker", ["logs", beside[0] ?? ""]);
    for (let second = 0; !(await listening()).output.includes("listening"); second += 1) {
      if (second === PREPARED_SECONDS) throw new Error(`AWS's stand-in does not listen: ${(await listening()).output}`);
      await sleep(1000);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const exec = (...command: string[]) => run("docker", ["exec", container, ...command]);
  return {
    boot: async (script) => {
      await writeFile(join(folder, "user-data"), script, { mode: 0o700 });
      return exec("env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "/aws/user-data");
    },
    sh: (command) => exec("bash", "-c", command),
    read: async (path) => {
      const { code, output } = await exec("cat", path);
      if (code !== 0) throw new Error(output);
      return output;
    },
    write: (name, content) => writeFile(join(folder, name), content),
    copy: async (from, to) => must("docker", ["cp", "-q", from, `${container}:${to}`]),
    runBeside,
    remove,
  };
}

function imageOf(variable: string): string {
  const image = readImages()[variable];
  if (image === undefined) throw new Error(`no ${variable} in .fleet/images.env: run \`npx fleet setup --all\` again`);
  return image;
}

function run(file: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
    });
  });
}

async function must(file: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(file, args);
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${code}: ${output.slice(-2000)}`);
}
