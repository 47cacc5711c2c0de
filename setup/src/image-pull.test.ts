import { expect, test } from "vitest";
import { createFakeRunner } from "../../process/test/fake-runner.ts";
import { createImagePuller, isUnreachable, registryOf } from "./image-pull.ts";

test.each([
  ["nginx:1.30", "docker.io"],
  ["prom/prometheus:v3.13.2", "docker.io"],
  ["ghcr.io/owner/image:1", "ghcr.io"],
  ["localhost/image", "localhost"],
  ["registry:5000/image", "registry:5000"],
])("%s is at %s", (image, registry) => {
  expect(registryOf(image)).toBe(registry);
});

test.each([
  [
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 192.0.2.53:53: no such host',
    true,
  ],
  ['Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout', true],
  ["failed to do request: x509: certificate signed by unknown authority", true],
  ["manifest for nginx:9.99 not found: manifest unknown", false],
  ["toomanyrequests: You have reached your pull rate limit", false],
  ["pull access denied for nobody/nothing, repository does not exist", false],
])("%s: unreachable is %s", (stderr, unreachable) => {
  expect(isUnreachable(stderr)).toBe(unreachable);
});

test("an unreachable registry is asked once, however many images are wanted of it", async () => {
  const runner = createFakeRunner([[/^docker pull/, { exitCode: 1, stderr: "dial tcp: no such host" }]]);
  const puller = createImagePuller(runner);
  const outcomes = await Promise.all(["a", "b", "c"].map((image) => puller.pull(image)));
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(["unreachable", "unreachable", "unreachable"]);
  expect(runner.ran).toEqual(["docker pull a"]);
  await puller.pull("ghcr.io/x/y");
  expect(runner.ran).toHaveLength(2);
});

test("silence counts as unreachable", async () => {
  const puller = createImagePuller(createFakeRunner([[/^docker pull/, { exitCode: 1, timedOut: true }]]));
  expect(await puller.pull("a")).toMatchObject({ kind: "unreachable", why: "no answer" });
});

test("an image the registry refuses does not stop the others", async () => {
  const runner = createFakeRunner([
    [/pull a/, { exitCode: 1, stderr: "manifest unknown" }],
    [/pull b/, "b: Pulling\n"],
  ]);
  const puller = createImagePuller(runner);
  const lines: string[] = [];
  expect(await puller.pull("a")).toEqual({ kind: "refused", why: "manifest unknown" });
  expect(await puller.pull("b", (line) => lines.push(line))).toEqual({ kind: "pulled" });
  expect(lines).toEqual(["b: Pulling"]);
});
