import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGroupRunner } from "@compose-fleet/process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readImages } from "../../../../test/images.ts";
import { docker, FLEET_LABEL } from "./docker.ts";
import { savePostMortem } from "./post-mortem.ts";
import { removeLabelled } from "./remove-labelled.ts";

const NAME = "postmortemtest";

// biome-ignore lint/style/noProcessEnv: Docker's client needs PATH and HOME
const runner = createGroupRunner({ PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" });
const start = (name: string, ...script: readonly string[]) =>
  runner.run(
    docker(
      ...["run", "--network", "none", "--name", `${NAME}-${name}`, "--label", `${FLEET_LABEL}=${NAME}`],
      ...["--entrypoint", script[0] ?? "", readImages().NGINX_IMAGE ?? "", ...script.slice(1)],
    ),
  );
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "post-mortem-"));
});
afterAll(async () => {
  await removeLabelled(runner, `${FLEET_LABEL}=${NAME}`);
  await rm(folder, { recursive: true, force: true });
});

test("of real containers, those that died are named with what they said last", async () => {
  await Promise.all([
    start("dies", "sh", "-c", "echo before; echo 'the port is taken' >&2; exit 3"),
    start("ends", "sh", "-c", "echo fine"),
    start("never", "/no-such-program"),
  ]);
  const found = (await savePostMortem({ runner, name: NAME, folder })).sort();
  expect(found).toHaveLength(2);
  expect(found[0]).toMatch(new RegExp(`^--- ${NAME}-dies ended with exit code 3[^]*the port is taken`));
  expect(found[1]).toMatch(new RegExp(`^--- ${NAME}-never could not be started: [^]*no-such-program`));
  expect(await readFile(join(folder, `${NAME}-dies.log`), "utf8")).toContain("before");
});
