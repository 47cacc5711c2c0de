import { gzipSync } from "node:zlib";
import { envelopeOf, randomChoices } from "./envelope.ts";
import { mutateText, mutateTree } from "./mutate.ts";
import type { Random } from "./random.ts";
import type { Shot } from "./send.ts";

export interface PayloadWorld {
  readonly token: string;
  readonly workers: readonly string[];
  readonly service: string;
  readonly nowMs: () => number;
}

const MANY_BYTES = 1024 ** 2 + 1;

/**
 * A payload derived from a realistic envelope: broken in its structure, its text, its headers, or in none of them.
 * None carries the right token together with a test alert: nothing that it says may change the fleet.
 */
export function randomPayload(random: Random, world: PayloadWorld): Shot {
  const choices = randomChoices(random, { ...world, nowMs: world.nowMs() });
  const isTest = random.chance(5);
  const envelope = envelopeOf(choices.map((choice) => ({ ...choice, test: isTest })));
  const text = JSON.stringify(random.chance(70) ? mutateTree(random, envelope) : envelope);
  const body = random.chance(25)
    ? mutateText(random, text)
    : random.chance(0.2)
      ? hugeBody(random, text)
      : Buffer.from(text);
  // A text or its bytes: what an encoding hides must not slip through either.
  const mayAsk = asksForTest(body.toString("utf8")) || asksForTest(text);
  const headers: Record<string, string> = { ...contentHeaders(random), ...authorization(random, world.token, mayAsk) };
  const path = random.pick(["/alerts", "/alerts", "/alerts", "/", "/alerts/", "/alerts?x=1", "/ALERTS", "/alerts/%00"]);
  if (random.chance(1)) return { path, headers: { ...headers, "content-encoding": "gzip" }, body: gzipSync(body) };
  return { path, headers, body };
}

/** The one test alert that may act: up, for replicas of `worker`. `number` tells one from the next. */
export function permittedTest(
  world: PayloadWorld,
  worker: string,
  number: number,
  status: "firing" | "resolved",
): Shot {
  const envelope = envelopeOf([
    {
      alertname: "HighRequestRate",
      scale: "containers",
      direction: "up",
      worker,
      service: world.service,
      status,
      test: true,
      startsAt: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    },
  ]);
  return {
    path: "/alerts",
    headers: { authorization: `Bearer ${world.token}`, "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(envelope)),
  };
}

/** Whether any alert of the text is a test alert for whoever can read it: read generously, on purpose. */
export function asksForTest(text: string): boolean {
  return /fleet_test"\s*:\s*"true"/.test(text) || /\\u00/.test(text);
}

function contentHeaders(random: Random): Record<string, string> {
  if (random.chance(90)) return { "content-type": "application/json" };
  const types = [
    "application/json; charset=utf-16",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=a",
    "application/vnd.api+json",
    "a/b/c",
    ";",
  ];
  return random.pick<Record<string, string>>([
    {},
    ...types.map((type) => ({ "content-type": type })),
    { "content-type": "application/json", "content-encoding": "br" },
    { "content-type": "application/json", "content-encoding": "nonsense" },
  ]);
}

function authorization(random: Random, token: string, mustBeWrong: boolean): Record<string, string> {
  if (!mustBeWrong && random.chance(92)) return { authorization: `Bearer ${token}` };
  const wrong = [
    "Bearer",
    "Bearer ",
    `Basic ${token}`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token}x`,
    `Bearer ${"a".repeat(6000)}`,
    `Bearer ${token} ${token}`,
    token,
  ];
  return random.chance(20) ? {} : { authorization: random.pick(wrong) };
}

function hugeBody(random: Random, text: string): Buffer {
  const filler = "x".repeat(MANY_BYTES - random.below(2) * 64);
  return Buffer.from(text.replace("{", `{"filler":"${filler}",`));
}
