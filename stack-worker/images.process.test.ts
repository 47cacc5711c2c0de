import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createScripts, type Scripts } from "./test/scripts-under-test.ts";

const IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/fleet-demo/web:1";
let worker: Scripts;
beforeAll(() => {
  worker = createScripts();
});
beforeEach(() => worker.reset());
afterAll(() => worker.remove());

/** start.sh on a machine that misses one image, whose registry answers this, one line a try. */
function start(image: string, pulls: readonly string[], env: Readonly<Record<string, string>> = {}) {
  worker.docker("images", [image]);
  worker.docker("pulls", pulls);
  const ended = worker.runWith({ env: { PULL_WAIT_SECONDS: "0", ...env } }, "start.sh");
  const asked = worker.asked();
  return {
    ...ended,
    pulls: asked.filter((line) => line.startsWith("pull")).length,
    started: asked.some((line) => line.includes(" up ")),
  };
}

test.each([
  ["429 as Docker Hub says it", "toomanyrequests: You have reached your pull rate limit"],
  ["429 as a status", "unexpected status code 429 Too Many Requests"],
  ["429 as ECR says it", "toomanyrequests: Rate exceeded"],
  ["500", "received unexpected HTTP status: 500 Internal Server Error"],
  ["502", "received unexpected HTTP status: 502 Bad Gateway"],
  ["503", "error parsing HTTP 503 response body"],
  ["a closed connection", 'Get "https://registry/v2/": EOF'],
  ["a time-out", "net/http: TLS handshake timeout"],
])("%s is waited out", (_rule, busy) => {
  const { code, stderr, pulls, started } = start(IMAGE, [busy, busy, "ok"]);
  expect(code, stderr).toBe(0);
  expect(pulls).toBe(3);
  expect(started).toBe(true);
  expect(stderr).toContain("the registry 123456789012.dkr.ecr.eu-central-1.amazonaws.com does not give");
});

test.each([
  ["an image that is not there", "manifest for web:500 not found: manifest unknown: manifest unknown"],
  [
    "a registry that lets nobody in",
    "pull access denied for web, repository does not exist or may require 'docker login': denied",
  ],
])("%s is not asked for again", (_rule, answer) => {
  const { code, stderr, pulls, started } = start(IMAGE, [answer, "ok"]);
  expect([code, pulls, started]).toEqual([1, 1, false]);
  expect(stderr).toContain(
    `the image ${IMAGE} cannot be pulled from the registry 123456789012.dkr.ecr.eu-central-1.amazonaws.com (tries: 1`,
  );
  expect(stderr).toContain(answer);
});

test("who cannot be reached is tried three times", () => {
  const refused = "dial tcp 127.0.0.1:1: connect: connection refused";
  expect(start("127.0.0.1:1/x", [refused, refused, refused, "ok"])).toMatchObject({ code: 1, pulls: 3 });
});

test("waiting for a busy registry has an end, which is said", () => {
  const busy = "toomanyrequests: no";
  const { code, pulls, stderr } = start(
    "nginx",
    Array.from({ length: 50 }, () => busy),
    { RELEASE_PULL_SECONDS: "3", PULL_WAIT_SECONDS: "1" },
  );
  expect(code).toBe(1);
  expect(pulls).toBeLessThan(5);
  expect(stderr).toContain("cannot be pulled from the registry docker.io");
});

test.each([
  ["nginx:1.30", "docker.io"],
  ["prom/prometheus", "docker.io"],
  ["localhost/x", "localhost"],
  ["127.0.0.1:5000/a/b:c", "127.0.0.1:5000"],
])("%s comes from %s", (image, registry) => {
  expect(start(image, ["denied"]).stderr).toContain(`from the registry ${registry} (`);
});

test("monitoring pulls by the same file, before it starts and before it tries a revision", () => {
  for (const script of ["start.sh", "hooks/after-install.sh"])
    expect(readFileSync(join(import.meta.dirname, "../stack-prometheus", script), "utf8")).toContain(
      "pull_missing_images",
    );
});

interface Busy {
  readonly words: string;
  /** Seconds that the words ask for. */
  readonly asks: number;
}
/** Words of registries that send one away for a while. */
const busyWords: readonly Busy[] = [
  { words: "toomanyrequests: Rate exceeded", asks: 0 },
  {
    words:
      "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
    asks: 0,
  },
  { words: "toomanyrequests: retry-after: 654.457\u00b5s, allowed: 44000/minute", asks: 1 },
  { words: "toomanyrequests: retry-after: 7.2s, allowed: 44000/minute", asks: 8 },
  { words: "unexpected status code 429 Too Many Requests: Retry-After: 40", asks: 41 },
  { words: "toomanyrequests: retry-after: 2m, allowed: 10/hour", asks: 180 },
];

/** What is waited, and whether all images come, by the rules: doubled up to a minute, at least what is asked for, never past the limit. */
function expected(images: readonly (readonly Busy[])[], limit: number) {
  const waits: number[] = [];
  let spent = 0;
  for (const answers of images) {
    let wait = 2;
    for (const { asks } of answers) {
      const pause = Math.max(wait, asks);
      if (spent + pause >= limit) return { waits, comes: false };
      waits.push(pause);
      spent += pause;
      wait = Math.min(60, wait * 2);
    }
  }
  return { waits, comes: true };
}

test("however often registries are busy, it waits longer and longer, comes when they give, and ends in time with a sentence", () => {
  const patient = createScripts({ fakeSleep: true });
  const sequences = fc.array(fc.array(fc.constantFrom(...busyWords), { maxLength: 14 }), {
    minLength: 1,
    maxLength: 2,
  });
  try {
    fc.assert(
      fc.property(sequences, fc.integer({ min: 300, max: 900 }), (images, limit) => {
        patient.reset();
        patient.docker(
          "images",
          images.map((_, i) => `${IMAGE}${i}`),
        );
        patient.docker(
          "pulls",
          images.flatMap((answers) => [...answers.map(({ words }) => words), "ok"]),
        );
        const { code, stderr } = patient.runWith({ env: { RELEASE_PULL_SECONDS: String(limit) } }, "start.sh");
        const { waits, comes } = expected(images, limit);
        const slept = patient.slept();
        // Each is longer by a part of a second, so that machines do not come back together.
        expect(slept.map(Math.floor), stderr).toEqual(waits);
        expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(limit);
        expect(code, stderr).toBe(comes ? 0 : 1);
        expect(patient.asked().some((line) => line.includes(" up "))).toBe(comes);
        if (!comes) expect(stderr).toMatch(/cannot be pulled from the registry 123456789012\S+ .*: try again later/);
      }),
      { numRuns: 20 },
    );
  } finally {
    patient.remove();
  }
});

test("a registry that never gives is left within the hook's limit", () => {
  const patient = createScripts({ fakeSleep: true });
  try {
    patient.docker("images", ["a", "b"]);
    patient.docker(
      "pulls",
      Array.from({ length: 100 }, () => "toomanyrequests: Rate exceeded"),
    );
    const { code, stderr } = patient.run("start.sh");
    const waited = patient.slept().reduce((sum, seconds) => sum + seconds, 0);
    const [, hook = 0] =
      /hooks\/after-install\.sh\s+timeout: (\d+)/.exec(
        readFileSync(join(import.meta.dirname, "appspec.yml"), "utf8"),
      ) ?? [];
    expect(code).toBe(1);
    // A trial of the replicas comes after the images.
    expect(waited).toBeLessThan(Number(hook) - 240);
    expect(stderr).toMatch(/the image a cannot be pulled from the registry docker\.io \(tries: \d+, .*busy/);
  } finally {
    patient.remove();
  }
});
