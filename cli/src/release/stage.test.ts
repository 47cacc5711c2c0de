import { parseRevisionInfo } from "@compose-fleet/releases";
import { expect, test } from "vitest";
import type { StackFile } from "./stack-file.ts";
import { type StageInput, stageStack } from "./stage.ts";

const file = (path: string, content = path, mode = 0o644): StackFile => ({ path, mode, content: Buffer.from(content) });
const input: StageInput = {
  kind: "workers",
  files: [
    file("start.sh", "#!/bin/sh\n", 0o755),
    file("container-metrics/exporter.test.ts"),
    file("container-metrics/exporter.d.mts"),
    file("test/load.ts"),
    file("rendered/services.tsv", "of another fleet file"),
    file("nginx/nginx.conf"),
  ],
  rendered: [
    { path: "stack-worker/rendered/services.tsv", content: "web\t1\t3\n" },
    { path: "stack-prometheus/rendered/prometheus.yml", content: "{}" },
  ],
  images: { web: "r/web:1", mtail: "r/mtail:1" },
  copies: {},
  fleetFile: Buffer.from("name: shop\n"),
  origin: { commit: "a".repeat(40), subject: "web: faster", createdAt: "2026-01-01T00:00:00Z", createdBy: "me@here" },
};
const textOf = (files: readonly StackFile[], path: string) =>
  files.find((one) => one.path === path)?.content.toString();

test("a worker gets its stack as this fleet file renders it, and no tests", () => {
  const { files } = stageStack(input);
  expect(files.map(({ path }) => path).sort()).toEqual([
    ".env",
    "nginx/nginx.conf",
    "rendered/services.tsv",
    "revision.json",
    "start.sh",
  ]);
  expect(textOf(files, "rendered/services.tsv")).toBe("web\t1\t3\n");
  expect(textOf(files, ".env")).toBe("MTAIL_IMAGE=r/mtail:1\nWEB_IMAGE=r/web:1\n");
  expect(files.find(({ path }) => path === "start.sh")?.mode).toBe(0o755);
});

test("monitoring gets the fleet file as well", () => {
  const { files } = stageStack({ ...input, kind: "monitoring" });
  expect(textOf(files, "fleet.yaml")).toBe("name: shop\n");
  expect(textOf(files, "rendered/prometheus.yml")).toBe("{}");
});

test("it says what it is", () => {
  const { revision, files } = stageStack(input);
  expect(parseRevisionInfo(textOf(files, "revision.json") ?? "")).toEqual({
    revision,
    commit: "a".repeat(40),
    subject: "web: faster",
    createdAt: "2026-01-01T00:00:00Z",
    createdBy: "me@here",
    images: input.images,
    thirdParty: {},
  });
});

test("copies take the place of images of others: by their variable, else in the compose file; what it does not run it does not name", () => {
  const compose = file("compose.yml", `services:\n  a: { image: x }\n  b:\n    image: \${NGINX_IMAGE:-nginx:1}\n`);
  const service = file("services/c.yml", "services:\n  c:\n    image: redis:8\n");
  const copies = {
    "nginx:1": "r/third_party@sha256:1",
    "redis:8": "r/third_party@sha256:2",
    "grafana:1": "r/third_party@sha256:3",
  };
  const { files } = stageStack({ ...input, files: [...input.files, compose, service], copies });
  expect(textOf(files, ".env")).toBe("MTAIL_IMAGE=r/mtail:1\nNGINX_IMAGE=r/third_party@sha256:1\nWEB_IMAGE=r/web:1\n");
  expect(textOf(files, "services/c.yml")).toContain("image: r/third_party@sha256:2\n");
  expect(parseRevisionInfo(textOf(files, "revision.json") ?? "").thirdParty).toEqual({
    "nginx:1": "r/third_party@sha256:1",
    "redis:8": "r/third_party@sha256:2",
  });
});

test("a revision from before copies can be read", () => {
  const { thirdParty: _none, ...info } = stageStack(input).info;
  expect(parseRevisionInfo(JSON.stringify(info)).thirdParty).toEqual({});
});

test("when and by whom it was made does not change its name", () => {
  const later = { ...input.origin, createdAt: "2027-01-01T00:00:00Z", createdBy: "ci@there" };
  expect(stageStack({ ...input, origin: later }).revision).toBe(stageStack(input).revision);
});

test.each<[rule: string, change: Partial<StageInput>]>([
  ["an image", { images: { ...input.images, web: "r/web:2" } }],
  ["a file's content", { files: [...input.files, file("stop.sh")] }],
  ["a file's mode", { files: [file("start.sh", "#!/bin/sh\n", 0o644), ...input.files.slice(1)] }],
  ["what the fleet file says", { rendered: [{ path: "stack-worker/rendered/services.tsv", content: "web\t1\t4\n" }] }],
  ["a copy", { files: [file("compose.yml", "image: redis:8\n")], copies: { "redis:8": "r/third_party@sha256:2" } }],
  ["the commit", { origin: { ...input.origin, commit: "b".repeat(40) } }],
])("%s changes its name", (_rule, change) => {
  expect(stageStack({ ...input, ...change }).revision).not.toBe(stageStack(input).revision);
});
