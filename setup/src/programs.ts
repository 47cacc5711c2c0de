import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** How a program comes onto the machine. */
export type Origin =
  /** With Node. */
  | { readonly kind: "node" }
  /** Every Debian and Ubuntu has it: the package is essential, or apt and dpkg need it. */
  | { readonly kind: "system"; readonly package: string }
  /** Set-up installs Docker (`docker-engine.ts`, `docker-plugins.ts`). */
  | { readonly kind: "docker" }
  /** `fleet setup --all`, which `npm test` runs, installs the package where the program is missing. */
  | { readonly kind: "package"; readonly package: string }
  /** The same where apt has the package and may install it; elsewhere as if it were absent. */
  | { readonly kind: "extra"; readonly package: string; readonly without: string; readonly get: string }
  /** Set-up does not bring it: without it something is left out, and said at the end of `npm test`. */
  | { readonly kind: "absent"; readonly without: string; readonly get: string };

/** A program outside of this repository that set-up, tests or the scripts of a local fleet call. */
export interface Program {
  readonly name: string;
  readonly neededBy: string;
  readonly origin: Origin;
}

const system = (pkg: string, ...names: readonly string[]): Program[] =>
  names.map((name) => ({
    name,
    neededBy: "set-up, tests, scripts of the stacks",
    origin: { kind: "system", package: pkg },
  }));

/** Every program that is called on this machine. `test/programs/programs.test.ts` finds calls that are not in here. */
export const programs: readonly Program[] = [
  ...["node", "npm", "npx"].map((name): Program => ({ name, neededBy: "everything", origin: { kind: "node" } })),
  ...["docker", "dockerd"].map(
    (name): Program => ({
      name,
      neededBy: "the local fleet, tests of parts and of fleets",
      origin: { kind: "docker" },
    }),
  ),
  {
    name: "iptables",
    neededBy: "replicas that leave, which refuse connections; Docker itself",
    origin: { kind: "docker" },
  },
  {
    name: "systemd-run",
    neededBy: "the healing of replicas, where the worker is the machine and systemd runs; not called elsewhere",
    origin: { kind: "system", package: "systemd" },
  },
  {
    name: "systemctl",
    neededBy: "starting the engine, and workers' shares of CPU, where systemd runs; not called elsewhere",
    origin: { kind: "system", package: "systemd" },
  },
  ...system("bash", "bash"),
  ...system("dash", "sh"),
  ...system("apt", "apt-get", "apt-cache"),
  ...system("dpkg", "dpkg-deb"),
  ...system("tar", "tar"),
  ...system("grep", "grep"),
  ...system("sed", "sed"),
  ...system("mawk", "awk"),
  ...system("findutils", "find", "xargs"),
  ...system("diffutils", "cmp", "diff"),
  ...system("util-linux", "flock", "nsenter"),
  ...system("mount", "mount", "umount"),
  ...system(
    "coreutils",
    "cat",
    "chgrp",
    "chmod",
    "comm",
    "cp",
    "cut",
    "date",
    "df",
    "dirname",
    "head",
    "id",
    "mkdir",
    "mkfifo",
    "mktemp",
    "mv",
    "nice",
  ),
  ...system("coreutils", "paste", "rm", "rmdir", "sha256sum", "sleep", "sort", "sync"),
  ...system("coreutils", "tail", "timeout", "touch", "tr", "wc"),
  {
    name: "git",
    neededBy: "`fleet release`; tests of releases and of pull mode",
    origin: { kind: "package", package: "git" },
  },
  {
    name: "openssl",
    neededBy: "tests that apply infra/ to an emulated AWS",
    origin: { kind: "package", package: "openssl" },
  },
  {
    name: "ps",
    neededBy: "the test that the demo leaves nothing behind; `npm run bench:webhook`",
    origin: { kind: "package", package: "procps" },
  },
  {
    name: "terraform",
    neededBy: "`npm run deploy`, `npm run infra:validate` and `infra:apply`; tests of infra/",
    origin: {
      kind: "absent",
      without: "Terraform's validate and plan of every stack of infra/",
      get: "Install Terraform 1.5 or later: https://developer.hashicorp.com/terraform/install",
    },
  },
  {
    name: "moto_server",
    neededBy: "tests of the emulator; `npm run infra:apply`",
    origin: {
      kind: "absent",
      without: "the comparison of the emulated AWS with moto",
      get: "pip install 'moto[server]'",
    },
  },
  {
    name: "aws",
    neededBy: "a test of the emulator",
    origin: {
      kind: "absent",
      without: "the aws command against the emulated AWS",
      get: "Install the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    },
  },
  {
    name: "chromium",
    neededBy: "the tests that look at the console and at the report of `fleet simulate`; `npm run bench:console`",
    origin: {
      kind: "extra",
      package: "chromium",
      without: "the console, and the report of `fleet simulate`, in a browser",
      get: "Install Chromium. On Debian: apt-get install --no-install-recommends chromium. Ubuntu's is a snap",
    },
  },
  {
    name: "python3",
    neededBy: "a test of the emulator, with boto3",
    origin: {
      kind: "absent",
      without: "boto3 against the emulated AWS",
      get: "Install Python 3, then: pip install boto3",
    },
  },
];

/** Whether a program is in one of the folders of `path` (as in the variable PATH). */
export function isOnPath(name: string, path: string): boolean {
  return path.split(":").some((folder) => {
    try {
      if (folder !== "") accessSync(join(folder, name), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

/** What is left out on a machine with this PATH, because set-up did not bring the program. */
export function absentPrograms(path: string): { program: string; without: string; get: string }[] {
  return programs.flatMap(({ name, origin }) =>
    (origin.kind === "absent" || origin.kind === "extra") && !isOnPath(name, path)
      ? [{ program: name, without: origin.without, get: origin.get }]
      : [],
  );
}
