import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedDecision } from "@compose-fleet/wh-api";
import { expect, test } from "vitest";
import { decision } from "../../../core/wh-api/test/examples.ts";
import { causeOf } from "./cause.ts";
import { decisionOfLaunch, decisionOfReplica, decisionsOfWorker } from "./deciding.ts";
import { type EndedRecord, parseRecord, recordScript } from "./ended-record.ts";
import { readSubject } from "./subject.ts";
import { containerLines, whyContainer } from "./why-container.ts";

const record: EndedRecord = {
  id: "c".repeat(64),
  service: "web",
  replica: "2",
  endedAtMs: 1_000_000,
  exitCode: 3,
  outOfMemory: false,
  probes: [],
  signals: [],
  times: 1,
};

test.each<[Partial<EndedRecord>, string, RegExp]>([
  [{}, "itself", /by itself with exit code 3/],
  [{ exitCode: 0 }, "itself", /a service has to go on/],
  [{ exitCode: 137, outOfMemory: true }, "memory", /raise memory of web/],
  [{ exitCode: 137 }, "killed", /nobody told Docker to/],
  [{ exitCode: 137, signals: ["9"] }, "killed", /SIGKILL/],
  [{ exitCode: 143, signals: ["15"], by: "scale.sh" }, "scaled-in", /was scaled in/],
  [{ exitCode: 143, signals: ["15"], by: "application-start.sh" }, "release", /by a release/],
  [{ signals: ["15"], health: "unhealthy", probes: ["a", "503\n"] }, "unhealthy", /while unhealthy: 503$/],
  [{ signals: ["15"], health: "unhealthy", probes: ["503\n", " "] }, "unhealthy", /while unhealthy: 503$/],
  [{ signals: ["15", "9"] }, "told", /not by scaling or a release/],
  // What explains the rest comes first.
  [{ outOfMemory: true, by: "scale.sh", signals: ["15"] }, "memory", /out of memory/],
  [{ exitCode: null }, "itself", /exit code unknown/],
])("%o: %s", (change, kind, text) => {
  const cause = causeOf({ ...record, ...change });
  expect([cause.kind, cause.text]).toEqual([kind, expect.stringMatching(text)]);
});

const decided = (change: Partial<RecordedDecision>): RecordedDecision => ({
  ...decision,
  kind: "scale-containers",
  ...change,
});

test("the decision behind an end is the last that took replicas of that service there, or the worker", () => {
  const target = "replicas/i-1/web";
  const end = { machine: "i-1", service: "web", endedAtMs: 1_000_000 };
  const list = [
    decided({ id: "later", target, from: 3, to: 2, atMs: 1_010_000 }),
    decided({ id: "up", target, from: 2, to: 3, atMs: 999_000 }),
    decided({ id: "other", target: "replicas/i-2/web", from: 3, to: 2, atMs: 998_000 }),
    decided({ id: "it", target, from: 3, to: 2, atMs: 997_000 }),
  ];
  expect(decisionOfReplica(list, end)?.id).toBe("it");
  expect(
    decisionOfReplica(
      [decided({ id: "d", target: "workers", kind: "drain-worker", worker: "i-1", atMs: 900_000 })],
      end,
    )?.id,
  ).toBe("d");
  expect(decisionOfReplica(list, { ...end, endedAtMs: 90_000_000 })).toBeUndefined();
});

test("of a worker that AWS takes away: also the successor that was launched for it", () => {
  const reason = { code: "taken-replaced", numbers: { worker: "i-1, i-2", notice: "interruption" } };
  const list = [
    decided({ id: "d", target: "workers", kind: "drain-worker", worker: "i-1", from: 3, to: 2 }),
    decided({ id: "r", target: "workers", kind: "set-capacity", from: 2, to: 4, reason }),
  ];
  expect(decisionsOfWorker(list, "i-1").map(({ id }) => id)).toEqual(["d", "r"]);
  expect(decisionsOfWorker(list, "i-2").map(({ id }) => id)).toEqual(["r"]);
});

test("of a worker: what was decided about it, and what asked for it", () => {
  const list = [
    decided({ id: "t", target: "workers", kind: "terminate-worker", worker: "i-1", from: 3, to: 2, atMs: 900_000 }),
    decided({ id: "u", target: "workers", kind: "set-capacity", from: 2, to: 3, atMs: 100_000 }),
  ];
  expect(decisionsOfWorker(list, "i-1").map(({ id }) => id)).toEqual(["t"]);
  expect(decisionOfLaunch(list, 101_000)?.id).toBe("u");
  expect(decisionOfLaunch(list, 50_000)).toBeUndefined();
});

test.each<[string, object]>([
  ["i-0a", { kind: "worker", worker: "i-0a" }],
  ["i-0a/web-2", { kind: "container", worker: "i-0a", service: "web", replica: "2", pattern: "web.2.*" }],
  ["web", { kind: "container", service: "web", pattern: "web.*.*" }],
  ["web-2", { kind: "container", service: "web-2", pattern: "web-2.*.*" }],
  ["web-2-1", { kind: "container", service: "web-2", replica: "1", pattern: "web-2.1.*" }],
  ["c".repeat(64), { kind: "container", pattern: `*.${"c".repeat(12)}` }],
])("%s is understood", (text, subject) => {
  const services = text.startsWith("web-2") ? { web: {}, "web-2": {} } : { web: {} };
  expect(readSubject({ services } as never, text)).toEqual(subject);
});

test.each(["", "nope", "web;id", "web-", "i-0a/", "i-0a/$(id)", "../web"])("%j is refused", (text) => {
  expect(() => readSubject({ services: { web: {} } } as never, text)).toThrow("write a worker's id, a service (web)");
});

test("the newest record of a worker is read, and the answer has cause, decision and last line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "why-"));
  mkdirSync(join(folder, "ended"));
  const write = (name: string, seconds: number, change: Partial<EndedRecord>, log: string) => {
    for (const [ending, text] of [
      ["json", `${JSON.stringify({ ...record, ...change })}\n`],
      ["log", log],
    ] as const) {
      writeFileSync(join(folder, "ended", `${name}.${ending}`), text);
      utimesSync(join(folder, "ended", `${name}.${ending}`), seconds, seconds);
    }
  };
  write("web.2.aaa", 100, { exitCode: 1 }, "old\n");
  write("web.2.bbb", 200, { exitCode: 143, signals: ["15"], by: "scale.sh" }, "first\nlast \u001b[2Jwords\n");
  const run = async (_machine: object, script: string) => {
    if (script.includes("docker ps")) return { exitCode: 0, stdout: "", stderr: "" };
    const { status, stdout } = spawnSync("bash", ["-c", script], {
      encoding: "utf8",
      env: { FLEET_STATE_DIR: folder, PATH: "/usr/bin:/bin" },
    });
    return { exitCode: status ?? 1, stdout, stderr: "" };
  };
  const audit = async () => [decided({ target: "replicas/i-1/web", from: 3, to: 2, atMs: 999_000, text: "less load" })];
  const target = { machines: { run, list: async () => [{ id: "i-1", kind: "workers" }] }, scaler: { audit } } as never;
  const answer = await whyContainer(target, readSubject({ services: { web: {} } } as never, "web-2") as never);
  const text = containerLines(answer, 1_060_000).join("\n");
  expect(text).toMatch(/^i-1\/web-2 was scaled in\n {2}60 s ago/);
  expect(text).toContain("less load");
  expect(text).toMatch(/last 2 lines:\n {4}first\n {4}last \\x1b\[2Jwords$/);
  await expect(whyContainer(target, readSubject({ services: { shop: {} } } as never, "shop") as never)).rejects.toThrow(
    "No worker knows",
  );
  rmSync(folder, { recursive: true });
});

test("what is no record is none", () => {
  expect(parseRecord("i-1", "half a rec")).toBeUndefined();
  expect(recordScript("web.*.*")).toContain("exit 3");
});
