import {
  alertsAnswerSchema,
  CONSOLE_HEADER,
  createWhApi,
  decisionsSchema,
  errorAnswerSchema,
  explanationSchema,
  type Fetch,
  jobRunAskedSchema,
  jobsSchema,
  lookSchema,
  overrideSchema,
  paths,
  receiptExplanationSchema,
  sessionSchema,
  statusSchema,
  targetExplanationSchema,
} from "@compose-fleet/wh-api";
import request from "supertest";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { troubleQuery } from "../observe/queries.ts";
import { payload } from "../test-support/notifications.ts";
import { createPullWorld } from "../test-support/pull-world.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { ALERTS_TOKEN, API_TOKEN, createWorld } from "../test-support/world.ts";

type World = ReturnType<typeof createWorld>;
interface Answer {
  readonly what: string;
  readonly schema: z.ZodType;
  readonly body: unknown;
}

/** Every answer that the real app gave in the story below, with the schema that says what it is. */
const answers: Answer[] = [];

async function take(schema: z.ZodType, what: string, answer: PromiseLike<{ readonly body: unknown }>) {
  const { body } = await answer;
  answers.push({ schema, what, body });
  return body;
}
const get = (world: World, schema: z.ZodType, path: string) =>
  take(
    schema,
    `GET ${path}`,
    request(world.wh.app).get(`${paths.api}${path}`).set("authorization", `Bearer ${API_TOKEN}`),
  );
const override = (world: World, schema: z.ZodType, body: object) =>
  take(
    schema,
    `POST ${JSON.stringify(body)}`,
    request(world.wh.app).post("/api/overrides").set("authorization", `Bearer ${API_TOKEN}`).send(body),
  );
const notify = async (world: World, body: object) => {
  const said = await take(
    alertsAnswerSchema,
    "POST /alerts",
    request(world.wh.app).post(paths.alerts).set("authorization", `Bearer ${ALERTS_TOKEN}`).send(body),
  );
  return alertsAnswerSchema.parse(said).receipt;
};
const lookAtAll = async (world: World, targets = ["workers", "replicas/i-1/service-a"]) => {
  await get(world, statusSchema, paths.status);
  await get(world, decisionsSchema, `${paths.decisions}?limit=1000`);
  await get(world, explanationSchema, paths.explain);
  await get(world, lookSchema, paths.look);
  for (const target of targets) await get(world, targetExplanationSchema, `${paths.explain}?target=${target}`);
};
const STEP = {
  alertname: "Test",
  fleet_test: "true",
  scale: "containers",
  direction: "up",
  service: "service-a",
  worker: "i-1",
};

/** A job that runs at its time, and one that was asked for. */
async function lookAtJobs(): Promise<void> {
  const job = { service: "service-a", command: ["tidy"] };
  const jobs = { tidy: { ...job, schedule: "*/10 * * * *" }, migrate: { ...job, when: "before-release" as const } };
  const world = createWorld({ fleet: testFleet({ jobs }) });
  const ask = (schema: z.ZodType, name: string, body: object) =>
    take(
      schema,
      `POST ${name}`,
      request(world.wh.app).post(`/api/jobs/${name}/runs`).set("authorization", `Bearer ${API_TOKEN}`).send(body),
    );
  await world.wh.start();
  await world.clock.advance(700_000);
  await ask(jobRunAskedSchema, "tidy", { id: "20231114T230000Z-x", by: "eva" });
  await ask(errorAnswerSchema, "tidy", { id: "now" });
  await ask(errorAnswerSchema, "no-such", { id: "20231114T230000Z-x" });
  await world.clock.advance(60_000);
  const answer = jobsSchema.parse(await get(world, jobsSchema, paths.jobs));
  expect(answer.jobs.map(({ name, last }) => [name, last?.state])).toEqual([
    ["tidy", "done"],
    ["migrate", undefined],
  ]);
  expect(answer.runs.map(({ by, state }) => [by, state])).toContainEqual(["eva", "done"]);
  await world.wh.stop();
}

/** A life with all that the API can tell of. */
beforeAll(async () => {
  const fleet = testFleet({ releases: { pull: { repository: "https://example.com/fleet.git", branch: "main" } } });
  const pulled = createPullWorld();
  const world = createWorld({ fleet, pull: pulled.ports });
  await get(world, statusSchema, paths.status);
  await get(world, errorAnswerSchema, paths.explain);
  const signIn = request(world.wh.app).post(`${paths.api}${paths.session}`).set(CONSOLE_HEADER, "1");
  await take(sessionSchema, "POST a token", signIn.set("sec-fetch-site", "same-origin").send({ token: API_TOKEN }));
  world.unread = [{ what: "a deployment", problem: "AccessDenied" }];
  world.busyWith = "the deployment d-1";
  world.suspended = ["Terminate"];
  pulled.head = "0123456789abcdef";
  const crashes = { worker: "i-1", service: "service-a", kind: "crash-loop", text: "it ends again and again" };
  world.signals.set(troubleQuery(fleet), { ok: true, samples: [{ labels: crashes, value: 3 }] });
  await world.wh.start();
  await world.clock.advance(100);
  const asked = payload(STEP, { endsAt: "2033-01-01T00:00:00Z" });
  const receipt = await notify(world, asked);
  await world.clock.advance(1000);
  await notify(world, asked);
  await lookAtAll(world);
  await get(world, receiptExplanationSchema, `${paths.explain}?receipt=${receipt}`);
  await notify(world, payload({ alertname: "Watchdog" }));
  await world.clock.advance(1000);
  await lookAtAll(world);
  await get(world, receiptExplanationSchema, `${paths.explain}?receipt=${receipt}`);

  world.requestsPerSecond = 2000;
  world.onCommand = async () => ({ status: "failed", reason: "throttled", retryable: true });
  world.launchesFail = true;
  await world.clock.advance(30_000);
  // Longer than a boot.
  await world.clock.advance(1_000_000);
  await lookAtAll(world);
  await override(world, overrideSchema, { kind: "pin-workers", workers: 3, reason: "test", forSeconds: 600 });
  await override(world, overrideSchema, {
    kind: "pin-replicas",
    service: "service-a",
    replicas: 2,
    reason: "test",
    forSeconds: 600,
  });
  await override(world, overrideSchema, { kind: "pause", reason: "test", forSeconds: 600, by: "eva" });
  for (const asked of [
    { kind: "limit-workers", min: 2, max: 5 },
    { kind: "limit-replicas", service: "service-a", min: 1, max: 9 },
    { kind: "pause", direction: "in" },
  ])
    await override(world, overrideSchema, { ...asked, reason: "test", forSeconds: 600 });
  await override(world, errorAnswerSchema, { kind: "stop" });
  await world.clock.advance(60_000);
  await lookAtAll(world);
  world.prometheusIsUp = false;
  await world.clock.advance(30_000);
  await lookAtAll(world);
  world.groupIsReadable = false;
  await world.clock.advance(30_000);
  await lookAtAll(world, ["workers"]);
  await get(world, errorAnswerSchema, `${paths.decisions}?limit=0`);
  await get(world, errorAnswerSchema, "/nothing");
  await world.wh.stop();
  const trying = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 }, dryRun: true };
  const tried = createWorld({ fleet: testFleet({ services: { trying } }) });
  await get(tried, statusSchema, paths.status);
  await get(tried, lookSchema, paths.look);
  await lookAtJobs();
});

/** Decisions and receipts have the same shape wherever they are. */
function shared(key: string): string {
  return key
    .replace(/^.*\b(decision|lastChange|decisions\[\])(?=\.)/, "decision")
    .replace(/^.*\breceipts?(\[\])?(?=\.)/, "receipt");
}

/** Every key that a JSON schema declares, as `a.b[].c`; keys of maps are `*`. */
function declaredKeys(schema: z.core.JSONSchema.BaseSchema, at = ""): readonly string[] {
  const under = (inner: unknown, path: string) =>
    typeof inner === "object" && inner !== null ? declaredKeys(inner as z.core.JSONSchema.BaseSchema, path) : [];
  const properties = Object.entries(schema.properties ?? {});
  return [
    ...(at === "" ? [] : [at]),
    ...properties.flatMap(([key, inner]) => under(inner, at === "" ? key : `${at}.${key}`)),
    ...(typeof schema.additionalProperties === "object" ? under(schema.additionalProperties, `${at}.*`) : []),
    ...under(schema.items, `${at}[]`),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((inner) => under(inner, at)),
  ];
}

/** Every key that a value has, in the same words; what is null has been said as well. */
function saidKeys(value: unknown, maps: ReadonlySet<string>, at = ""): readonly string[] {
  const here = at === "" ? [] : [at];
  if (Array.isArray(value)) return [...here, ...value.flatMap((item) => saidKeys(item, maps, `${at}[]`))];
  if (typeof value !== "object" || value === null) return here;
  const name = (key: string) => (maps.has(`${at}.*`) ? `${at}.*` : at === "" ? key : `${at}.${key}`);
  return [...here, ...Object.entries(value).flatMap(([key, inner]) => saidKeys(inner, maps, name(key)))];
}

describe("the contract", () => {
  test("every answer is what the contract says, and has no key that it does not declare", () => {
    for (const { what, schema, body } of answers) expect(schema.parse(body), what).toEqual(body);
    expect(answers.length).toBeGreaterThan(25);
  });

  test("every key that the contract declares was said by the real app", () => {
    const schemas = [...new Set(answers.map(({ schema }) => schema))];
    const keysOf = (of: (schema: z.ZodType, declared: ReadonlySet<string>) => readonly string[]) =>
      schemas.flatMap((schema, index) => {
        const declared = new Set(declaredKeys(z.toJSONSchema(schema)));
        return of(schema, declared).map((key) => shared(`${index} ${key}`));
      });
    const said = new Set(
      keysOf((schema, declared) =>
        answers.filter((answer) => answer.schema === schema).flatMap(({ body }) => saidKeys(body, declared)),
      ),
    );
    expect(keysOf((_schema, declared) => [...declared]).filter((key) => !said.has(key))).toEqual([]);
    expect(schemas).toHaveLength(12);
  });

  test("its client understands the real app", async () => {
    const world = createWorld();
    await world.wh.start();
    await world.clock.advance(100);
    const viaApp: Fetch = async (url, { method, headers, body }) => {
      const ask = request(world.wh.app)[method.toLowerCase() as "get" | "post" | "delete"](
        new URL(url).pathname + new URL(url).search,
      );
      const { status, text } = await (body === undefined ? ask.set(headers) : ask.set(headers).send(body));
      return { status, text: async () => text };
    };
    const api = createWhApi({ baseUrl: "http://wh", token: API_TOKEN, fetch: viaApp });
    expect((await api.status()).leader.isMe).toBe(true);
    expect((await api.snapshot()).replicas).toMatchObject([{ worker: "i-1", service: "service-a", ready: 1 }]);
    expect((await api.explain("replicas/i-1/service-a")).targets).toHaveLength(1);
    expect((await api.explain()).targets).toHaveLength(2);
    expect((await api.decisions(10, "workers")).every(({ target }) => target === "workers")).toBe(true);
    const { id } = await api.addOverride({ kind: "pause", reason: "test", forSeconds: 60 });
    await api.removeOverride(id);
    await api.removeOverride(id);
    await expect(api.explainReceipt("nope")).rejects.toMatchObject({ problem: "refused", status: 404 });
    await world.wh.stop();
  });
});
