import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@compose-fleet/process";
import { createS3Revisions } from "@compose-fleet/release-aws/revisions";
import { locationOf } from "@compose-fleet/releases";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type FrontUnderTest, startFront } from "../../../emulator/test/front-under-test.ts";
import { BUCKET, REPOSITORY, type SdkClients, sdkClients } from "../../../emulator/test/sdk-under-test.ts";
import { createEcrRegistry } from "./ecr-registry.ts";
import type { FollowDeps } from "./follow-deployment.ts";
import { followUnderTest } from "./follow-under-test.ts";
import { orSentence } from "./release-failure.ts";
import { rollOut } from "./roll-out.ts";

// The adapters against AWS's own protocols, by the SDK; machines exist on paper. A revision whose name has "bad" in it starts nowhere.

const FIRST = "aaaaaaaaaaaa-111111111111";
const SECOND = "aaaaaaaaaaaa-222222222222";
const BAD = "bad000000000-333333333333";
let front: FrontUnderTest;
let sdk: SdkClients;
let deps: FollowDeps;
const said: string[] = [];

beforeAll(async () => {
  front = await startFront(systemClock);
  sdk = sdkClients(front.endpoint, front.accessKeyId);
  deps = depsOf(sdk);
  await vi.waitFor(() => expect(front.workers.group().instances).toHaveLength(1), 15_000);
});
afterAll(async () => {
  sdk.destroy();
  await front.close();
});

const depsOf = (clients: SdkClients) => followUnderTest(clients, (text) => said.push(text));
const order = (revision: string) => ({ kind: "workers", revision, author: "me@here" }) as const;

describe("revisions", () => {
  test("are kept once, under their name", async () => {
    const store = createS3Revisions(sdk.s3, BUCKET);
    expect(await store.put("workers", FIRST, Buffer.from("one"))).toBe("created");
    expect(await store.put("workers", FIRST, Buffer.from("two"))).toBe("there already");
    expect((await store.get("workers", FIRST)).toString()).toBe("one");
    expect([await store.has("workers", FIRST), await store.has("workers", SECOND)]).toEqual([true, false]);
  });
  test("are listed newest first, those of one kind", async () => {
    const store = createS3Revisions(sdk.s3, BUCKET);
    await sleep(1_100);
    await store.put("workers", SECOND, Buffer.from("two"));
    await store.put("monitoring", SECOND, Buffer.from("two"));
    expect(await store.newest("workers", 5)).toEqual([SECOND, FIRST]);
  });
});

test("the registry says where it is, and which tags it has", async () => {
  const registry = createEcrRegistry(sdk.ecr);
  expect(await registry.signIn()).toEqual({ host: "127.0.0.1:5000", username: "AWS", password: "password" });
  const digest = await registry.find(REPOSITORY, "known");
  expect(digest).toMatch(/^sha256:/);
  expect(await registry.find(REPOSITORY, digest ?? "")).toBe(digest);
  expect(await registry.find(REPOSITORY, "unknown")).toBeUndefined();
  await expect(registry.find("fleet-contract-test/none", "1")).rejects.toThrow(
    "The registry has no repository fleet-contract-test/none. Nothing was changed.",
  );
});

describe("a release", () => {
  test("that every machine takes succeeds, and its description says whose it is", async () => {
    const result = await rollOut(deps, order(FIRST));
    expect(result).toMatchObject({ status: "succeeded", cause: null, revision: FIRST });
    const [newest] = await deps.deployments.recent("workers");
    expect(newest).toMatchObject({
      id: result.deployments[0],
      status: "Succeeded",
      description: `${FIRST} by me@here`,
    });
    expect(said.join("")).toContain("ValidateService: ok");
  });
  test("that fails is taken back, with the cause in the script's words", async () => {
    const result = await rollOut(deps, order(BAD));
    expect(result).toMatchObject({ status: "failed", backAt: FIRST });
    expect(result.cause).toMatch(/ApplicationStart \(hooks\/start\.sh\) failed: ScriptFailed: no$/);
    expect(said.join("")).toMatch(/ApplicationStart: FAILED: failed\n {6}\[stderr\]no/);
  });
  test("is refused while another runs, and told whose", async () => {
    await deps.deployments.create({
      kind: "workers",
      location: locationOf(BUCKET, "workers", SECOND),
      description: `${SECOND} by she@there`,
    });
    await expect(rollOut(deps, order(FIRST))).rejects.toThrow(
      new RegExp(
        `^A deployment is running: ${SECOND} by she@there \\(d-\\w+, since 20\\S+\\)\\. Nothing was changed\\.`,
      ),
    );
    await vi.waitFor(async () => expect(await deps.deployments.active("workers")).toEqual([]), 15_000);
  });
  test("that has ended can be stopped without harm", async () => {
    const [newest] = await deps.deployments.recent("workers");
    await deps.deployments.stop(newest?.id ?? "");
    expect(await deps.deployments.read(newest?.id ?? "")).toMatchObject({ status: "Succeeded" });
  });
});

describe("credentials that AWS does not take are a sentence, whatever is called first", () => {
  const calls: readonly (readonly [string, (clients: SdkClients) => Promise<unknown>])[] = [
    ["CodeDeploy", (clients) => depsOf(clients).deployments.active("workers")],
    ["S3", (clients) => createS3Revisions(clients.s3, BUCKET).newest("workers", 1)],
    ["the registry", (clients) => createEcrRegistry(clients.ecr).signIn()],
    ["Auto Scaling", (clients) => depsOf(clients).members("workers")],
  ];
  test.each(calls)("%s", async (_name, call) => {
    const stranger = sdkClients(front.endpoint, "AKIAOFSOMEBODY");
    await expect(orSentence(() => call(stranger))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^AWS does not take these credentials \(\w+\): sign in again\.$/),
    });
    stranger.destroy();
  });
});
