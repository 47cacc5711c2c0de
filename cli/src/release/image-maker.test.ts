import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@compose-fleet/process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFakeRunner } from "../../../process/test/fake-runner.ts";
import { createImageMaker, type ImageMakerDeps } from "./image-maker.ts";

const web = { name: "web", folder: "web", workspace: "web", runsOn: "workers" } as const;
const mtail = { name: "mtail", folder: "images/mtail", runsOn: "workers" } as const;
const local = { nodeImage: "node:here", mtailImage: "mtail:here", standIns: {} };
const reference = "registry.example.com/fleet-shop-stage/web:1";
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "image-maker-"));
  await mkdir(join(root, "web/node_modules"), { recursive: true });
  await writeFile(join(root, "web/Dockerfile"), "FROM x");
  await writeFile(join(root, "web/node_modules/left-out"), "1");
});
afterEach(() => rm(root, { recursive: true }));

function make(change: Partial<ImageMakerDeps> = {}, push: (command: Command) => Promise<string> = async () => "") {
  const runner = createFakeRunner([
    [/^docker push/, push],
    [/^docker context/, "unix:///run/engine.sock\n"],
    [/^docker image inspect/, ({ args }) => `sha256:of-${args.at(-1)}\n`],
    [/^(npm|docker) /, ""],
  ]);
  return { runner, maker: createImageMaker({ runner, root, platform: "linux/arm64", ...change }) };
}

test("it bundles first, and the hash is of what the build may see", async () => {
  const { maker, runner } = make();
  const first = await maker.prepare(web);
  expect(first).toMatch(/^[0-9a-f]{12}$/);
  expect(runner.ran).toEqual(["npm run build -s --workspace web"]);
  await writeFile(join(root, "web/node_modules/left-out"), "2");
  expect(await maker.prepare(web)).toBe(first);
  await writeFile(join(root, "web/Dockerfile"), "FROM y");
  expect(await maker.prepare(web)).not.toBe(first);
});

test("another processor is another image", async () => {
  expect(await make({ platform: "linux/amd64" }).maker.prepare(web)).not.toBe(await make().maker.prepare(web));
});

test("for AWS it is built for the machines' processor", async () => {
  const { maker, runner } = make();
  await maker.build(web, reference);
  expect(runner.ran).toEqual([`docker build --platform linux/arm64 --tag ${reference} web`]);
});

test("on this machine it is built on the image that is here, and mtail is taken as it is", async () => {
  const { maker, runner } = make({ local });
  await maker.build(web, reference);
  await maker.build(mtail, "r/mtail:1");
  expect(runner.ran).toEqual([
    `docker build --build-arg NODE_IMAGE=node:here --tag ${reference} web`,
    "docker tag mtail:here r/mtail:1",
  ]);
});

test("a push has the password in a folder of its own, closed to others and gone afterwards", async () => {
  let folder = "";
  const { maker, runner } = make({}, async ({ env }) => {
    folder = env?.DOCKER_CONFIG ?? "";
    const file = join(folder, "config.json");
    const auth = Buffer.from("AWS:s3cret").toString("base64");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ auths: { "registry.example.com": { auth } } });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(env?.DOCKER_HOST).toBe("unix:///run/engine.sock");
    return "";
  });
  await maker.push(reference, { host: "registry.example.com", username: "AWS", password: "s3cret" });
  await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
  expect(runner.ran.join("\n")).not.toContain("s3cret");
  expect(runner.ran.at(-1)).toBe(`docker image rm ${reference}`);
});

test("a build that fails says what it said", async () => {
  const runner = createFakeRunner([[/^docker build/, { exitCode: 1, stderr: "COPY failed: no such file" }]]);
  const maker = createImageMaker({ runner, root, platform: "linux/amd64" });
  await expect(maker.build(web, reference)).rejects.toThrow(
    "Building web failed (exit code 1):\nCOPY failed: no such file",
  );
});

test("somebody else's image is fetched for the machines' processor", async () => {
  const { maker, runner } = make();
  expect(await maker.pull("nginx:1.30")).toBe("sha256:of-nginx:1.30");
  expect(runner.ran[0]).toBe("docker pull --quiet --platform linux/arm64 nginx:1.30");
});

test("in a local fleet one of this machine is taken as it is", async () => {
  const { maker, runner } = make({ local });
  expect(await maker.pull("stand-in/nginx:1")).toBe("sha256:of-stand-in/nginx:1");
  expect(runner.ran.join("\n")).not.toContain("pull");
});

test("and pushed under another name, which this machine forgets; the image itself stays", async () => {
  const { maker, runner } = make();
  await maker.pushAs("nginx:1.30", "registry.example.com/third_party:1", {
    host: "registry.example.com",
    username: "AWS",
    password: "s3cret",
  });
  expect(runner.ran).toEqual([
    "docker tag nginx:1.30 registry.example.com/third_party:1",
    expect.stringMatching(/^docker context inspect/),
    "docker push --quiet registry.example.com/third_party:1",
    "docker image rm registry.example.com/third_party:1",
  ]);
});
