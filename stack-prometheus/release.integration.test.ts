import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { renderStackPrometheus } from "@compose-fleet/render";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { deploy } from "../test/code-deploy.ts";
import { readImages } from "../test/images.ts";
import { run, STACK, scratchFolder } from "./test/docker.ts";
import { SECRETS_GROUP, writeSecrets } from "./test/secrets.ts";

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let env: Record<string, string>;
const at = (...parts: string[]) => path.join(scratch.folder, ...parts);

const compose = async (...args: string[]) =>
  run("docker", ["compose", ...args], { ...env, FLEET_FILE: "./fleet.yaml" }, at("stack-prometheus"));
/** Ids of what runs, of this service or of all. By Docker, which answers in a tenth of compose's time. */
const idOf = async (service?: string) => {
  const labels = [`project=${env.COMPOSE_PROJECT_NAME}`, ...(service === undefined ? [] : [`service=${service}`])];
  const filters = labels.flatMap((label) => ["--filter", `label=com.docker.compose.${label}`]);
  return (await run("docker", ["ps", "-q", ...filters])).stdout.trim();
};

const inWh = async (...command: string[]) => run("docker", ["exec", await idOf("wh"), ...command]);

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, "utf8")));
}

/** Makes a revision of the first one and deploys it. */
async function release(name: string, edits: Readonly<Record<string, (text: string) => string>> = {}) {
  const archive = at("archives", name);
  await rm(archive, { recursive: true, force: true });
  await cp(at("template"), archive, { recursive: true });
  await writeFile(path.join(archive, "revision.json"), JSON.stringify({ revision: name }));
  for (const [file, change] of Object.entries(edits)) await edit(path.join(archive, file), change);
  return deploy(scratch.folder, archive, { env });
}

beforeAll(async () => {
  const fleet = parseFleetConfig(parse(await readFile(path.join(STACK, "..", "fleet.demo.yaml"), "utf8")));
  if (!fleet.ok) throw new Error(JSON.stringify(fleet.faults));
  const files = renderStackPrometheus(fleet.config, { ec2Endpoint: "http://127.0.0.1:1" });
  scratch = await scratchFolder(
    Object.fromEntries(files.map((file) => [file.path.replace("stack-prometheus", "template"), file.content])),
  );
  const filter = (source: string) => !/(rendered|\.test\.ts)$/.test(source);
  await cp(STACK, at("template"), { recursive: true, filter });
  await cp(path.join(STACK, "..", "fleet.demo.yaml"), at("template", "fleet.yaml"));
  // How secrets are made needs a machine of its own: infra/src/constructs/user-data.integration.test.ts.
  await writeFile(at("template", "secrets.sh"), "#!/bin/sh\necho unchanged\n", { mode: 0o755 });
  await writeSecrets(at("secrets"));
  const images = readImages();
  env = {
    ...images,
    WH_IMAGE: images.NODE_IMAGE ?? "",
    COMPOSE_PROJECT_NAME: `fleet-test-release-${process.pid}`,
    COMPOSE_FILE: "compose.yml:test/stack/override.yml",
    FLEET_SECRETS_DIR: at("secrets"),
    FLEET_SECRETS_GID: String(SECRETS_GROUP),
    FLEET_FILE: "./fleet.yaml",
    START_SECONDS: "120",
    RELEASE_MIN_FREE_MIB: "1",
  };
  const first = await release("first");
  expect(first.code, first.stderr).toBe(0);
});

afterAll(async () => {
  if (env) await compose("down", "--volumes", "--timeout", "2");
  await scratch?.remove();
});

test("a machine on which nothing runs starts with its first revision", async () => {
  for (const service of ["prometheus", "alertmanager", "wh", "wh-standby"]) expect(await idOf(service)).not.toBe("");
});

test("Prometheus reads new rules without a restart, the scalers a new fleet file by one", async () => {
  const before = { prometheus: await idOf("prometheus"), wh: await idOf("wh") };
  const ended = await release("second", {
    "rules/people.yml": (text) => text.replace("InstanceDown", "InstanceGone"),
    "fleet.yaml": (text) => `${text}# second\n`,
  });
  expect(ended.code, ended.stderr).toBe(0);
  expect(await idOf("prometheus")).toBe(before.prometheus);
  expect(await idOf("wh")).not.toBe(before.wh);
  expect((await inWh("tail", "-n", "1", "/etc/fleet/fleet.yaml")).stdout).toBe("# second\n");
  const rules = async () => {
    const url =
      "fetch('http://prometheus:9090/api/v1/rules',{headers:{authorization:'Basic '+btoa('wh:wh-test-password')}}).then(async(r)=>console.log(await r.text()))";
    return (await inWh("node", "-e", url)).stdout;
  };
  await expect.poll(rules, { timeout: 20_000, interval: 500 }).toContain("InstanceGone");
});

test("made again, it changes nothing", async () => {
  const before = await idOf();
  const ended = await release("second", {
    "rules/people.yml": (text) => text.replace("InstanceDown", "InstanceGone"),
    "fleet.yaml": (text) => `${text}# second\n`,
  });
  expect(ended.code, ended.stderr).toBe(0);
  expect(await idOf()).toBe(before);
});

test.each([
  ["rules that are none", "rules/people.yml", "groups: 1\n", "prometheus refuses the files of this revision"],
  ["a configuration that is none", "rendered/alertmanager.yml", "route: {}\n", "alertmanager refuses the files"],
  ["a compose file that is none", "compose.yml", "services: 1\n", "not valid"],
])("%s: nothing is touched", async (_rule, file, text, sentence) => {
  const before = await idOf();
  const ended = await release("broken", { [file]: () => text });
  expect(ended).toMatchObject({ failedAt: "AfterInstall", stderr: expect.stringContaining(sentence) });
  expect(await idOf()).toBe(before);
});

test("a scaler that does not start is named, and the machine goes back", async () => {
  const ended = await release("dead", {
    "test/stack/receiver.mjs": () => "console.error('no such table'); process.exit(1);\n",
    "fleet.yaml": (text) => `${text}# dead\n`,
  });
  expect(ended).toMatchObject({ failedAt: "ApplicationStart", stderr: expect.stringContaining("no such table") });
  expect(ended.stderr.trimEnd()).toMatch(/This machine is back at revision second$/);
  expect((await inWh("tail", "-n", "1", "/etc/fleet/fleet.yaml")).stdout).toBe("# second\n");
});
