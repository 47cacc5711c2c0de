import { serviceRules } from "@compose-fleet/compose";
import { createTerminalRunner } from "@compose-fleet/process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleFiles, sampleTop, serviceSamples } from "../../../core/compose/test/samples.ts";
import { askCompose } from "./ask-compose.ts";
import { type Review, reviewServices } from "./review-services.ts";
import { stackOf } from "./stack-under-test.ts";
import { withStagedFolder } from "./staged-folder.ts";

// Needs docker compose, and no engine. Where there is none, these fail with its absence as the reader.
const runner = createTerminalRunner();
const review = (text: string, beside: Readonly<Record<string, string>> = {}): Promise<Review> =>
  reviewServices(runner, stackOf({ web: text }, { ...sampleFiles, ...beside }), ["web"]);
const lines = ({ faults }: Pick<Review, "faults">): string => faults.map(({ message }) => message).join("\n");
const yamlOf = (entry: object, name: string): string => JSON.stringify({ services: { [name]: entry }, ...sampleTop });

test("there is a sample of every key that has a rule, and a rule for every key that has a sample", () => {
  const keys = serviceRules.map(({ key }) => key).filter((key) => key !== "extends");
  expect(Object.keys(serviceSamples).sort()).toEqual(keys.sort());
});

const nameOf = (index: number): string => `s${index}`;
const stackOfEntries = (entries: readonly object[]) =>
  stackOf(Object.fromEntries(entries.map((entry, i) => [nameOf(i), yamlOf(entry, nameOf(i))])), sampleFiles);

/** The faults and notes of each entry, as the services of one stack: first all, then those without a fault alone, so that compose has its word on the whole. */
async function reviewAll(entries: readonly object[]): Promise<readonly { faults: string[]; notes: string[] }[]> {
  const of = (found: Review, key: "faults" | "notes", i: number): string[] =>
    found[key]
      .filter(({ path }) => path === `services/${nameOf(i)}.yml`)
      .map(({ message }) => message.replace(`services.${nameOf(i)}.`, ""));
  const found = await reviewServices(
    runner,
    stackOfEntries(entries),
    entries.map((_, i) => nameOf(i)),
  );
  expect(found.faults.filter(({ path }) => path === "stack-worker")).toEqual([]);
  return entries.map((_, i) => ({ faults: of(found, "faults", i), notes: of(found, "notes", i) }));
}

/** Compose's own verdict on stacks with these services, without any rule of ours: it must accept and run each. In halves where it refuses. */
async function composeAccepts(entries: readonly object[]): Promise<readonly boolean[]> {
  if (entries.length === 0) return [];
  const accepted = await withStagedFolder(stackOfEntries(entries), async ({ folder }) => {
    const answer = await askCompose(runner, { folder, name: "stack" }, "compose.yml", "config", "--format", "json");
    return answer.ok ? Object.keys(JSON.parse(answer.output).services) : undefined;
  });
  if (accepted !== undefined) return entries.map((_, i) => accepted.includes(nameOf(i)));
  if (entries.length === 1) return [false];
  const half = Math.ceil(entries.length / 2);
  return [...(await composeAccepts(entries.slice(0, half))), ...(await composeAccepts(entries.slice(half)))];
}

test("each sample gets the verdict of its rule, and what is valid is accepted by compose", async () => {
  const cases = Object.entries(serviceSamples).flatMap(([key, values]) =>
    values.map((value) => ({
      key,
      value,
      entry: key === "build" ? { build: value } : { image: "nginx", [key]: value },
    })),
  );
  const reviews = await reviewAll(cases.map(({ entry }) => entry));
  const wrong: unknown[] = [];
  for (const [i, { key, value }] of cases.entries()) {
    const { faults = [], notes = [] } = reviews[i] ?? {};
    const rule = serviceRules.find((each) => each.key === key);
    const wanted = {
      refused: `${key}: ${rule?.says}`,
      told: `${key}: ${rule?.says}`,
      ignored: `${key}: ignored: ${rule?.says}`,
      works: "",
    }[rule?.verdict ?? "works"];
    if (
      rule?.verdict === "refused"
        ? !faults.includes(wanted)
        : faults.length === 0 && wanted !== "" && !notes.includes(wanted)
    )
      wrong.push({ key, value, wanted, faults, notes });
  }
  expect(wrong).toEqual([]);
  const valid = cases.filter((_, i) => reviews[i]?.faults.length === 0);
  const accepted = await composeAccepts(valid.map(({ entry }) => entry));
  expect(valid.filter((_, i) => !accepted[i])).toEqual([]);
  // What works in general works with at least one of its samples.
  const working = new Set(valid.map(({ key }) => key));
  expect(
    serviceRules
      .filter(({ key, verdict }) => verdict !== "refused" && !working.has(key) && !["extends", "build"].includes(key))
      .map(({ key }) => key),
  ).toEqual([]);
});

describe("compose reads what comes in by other ways", () => {
  test.each([
    ["the image by a merged anchor", "x-base: &base { image: nginx }\nservices: { web: { <<: *base } }", undefined],
    [
      "ports by a merged anchor",
      "x-base: &base { image: nginx, ports: ['80:80'] }\nservices: { web: { <<: *base } }",
      "services.web.ports: remove it",
    ],
    [
      "a container's name by extends",
      "services: { base: { image: nginx, container_name: one }, web: { extends: base } }",
      "services.web.container_name: remove it",
    ],
    [
      "ports by extends of another file",
      "services: { web: { extends: { file: ./base.yml, service: base } } }",
      "services.web.ports: remove it",
    ],
    [
      "depends_on by extends",
      "services: { base: { image: x, depends_on: [db] }, db: { image: x }, web: { extends: base } }",
      "services.web.depends_on: remove it",
    ],
    [
      "profiles by extends",
      "services: { base: { image: x, profiles: [a] }, web: { extends: base } }",
      "services.web.profiles: remove it",
    ],
    ["an image by a variable with a default", `services: { web: { image: '\${NOBODY_SETS_THIS:-nginx}' } }`, undefined],
    ["no image: the variable has no default", `services: { web: { image: '\${NOBODY_SETS_THIS}' } }`, "image"],
    ["a variable that must be set", `services: { web: { image: '\${NOBODY_SETS_THIS:?say it}' } }`, "say it"],
    [
      "a value that is refused after a merge",
      "x-l: &l { pid: host }\nservices: { web: { image: x, <<: *l, pull_policy: always } }",
      "services.web.pull_policy",
    ],
    ["a misspelt key", "services: { web: { image: x, imagee: y } }", "imagee"],
    ["a misspelt key at the top", "servicess: {}\nservices: { web: { image: x } }", "servicess"],
    ["a type that is wrong", "services: { web: { image: x, environment: 5 } }", "environment"],
    ["a volume that nothing defines", "services: { web: { image: x, volumes: ['data:/d'] } }", "data"],
    [
      "a volume of elsewhere",
      "services: { web: { image: x, volumes: ['data:/d'] } }\nvolumes: { data: { external: true } }",
      "external",
    ],
    [
      "a network of its own",
      "services: { web: { image: x, networks: [mine] } }\nnetworks: { mine: {} }",
      "networks: remove it",
    ],
    [
      "a secret from a variable",
      "services: { web: { image: x, secrets: [s] } }\nsecrets: { s: { environment: S } }",
      "secrets in fleet.yaml",
    ],
    [
      "a config of text in a container that is read-only",
      "services: { web: { image: x, read_only: true, configs: [c] } }\nconfigs: { c: { content: hi } }",
      "read_only",
    ],
    ["a config of text", "services: { web: { image: x, configs: [c] } }\nconfigs: { c: { content: hi } }", undefined],
    ["include", "include: [./base.yml]\nservices: { web: { image: x } }", "include: remove it"],
    ["extends in a circle", "services: { a: { extends: web }, web: { image: x, extends: a } }", "compose refuses it"],
    ["another service's name", "services: { wbe: { image: nginx } }", "has no services.web (got wbe)"],
    ["an entry without content", "services: { web: }", "has no services.web"],
    ["services as a list", "services: [web]", "compose refuses it"],
    ["a text that is not YAML", "services: [", "compose refuses it"],
    ["an empty file", "", "compose refuses it"],
  ])("%s", async (_rule, text, fault) => {
    const result = await review(text, { "base.yml": "services: { base: { image: nginx, ports: ['80:80'] } }" });
    if (fault === undefined) expect(lines(result)).toBe("");
    else expect(lines(result)).toContain(fault);
  });

  test("more than a hundred aliases are fine", async () => {
    const many = Array.from({ length: 300 }, (_, i) => `      K${i}: *v`).join("\n");
    expect(lines(await review(`x-v: &v hello\nservices:\n  web:\n    image: nginx\n    environment:\n${many}\n`))).toBe(
      "",
    );
  });

  test("what this machine's environment has, a worker has not", async () => {
    expect(lines(await review(`services: { web: { image: '\${USER}\${HOSTNAME}\${PWD_X}' } }`))).toContain("image");
  });

  test("a variable that nothing sets is told", async () => {
    const { faults, notes } = await review(`services: { web: { image: nginx, command: ['\${NOBODY_SETS_THIS}'] } }`);
    expect(faults).toEqual([]);
    expect(notes.map(({ message }) => message).join()).toContain('The "NOBODY_SETS_THIS" variable is not set');
  });
});

const anyKey = fc.constantFrom(
  ...Object.keys(serviceSamples).filter((key) => !["image", "build"].includes(key)),
  "imagee",
  "enviroment",
  "x-note",
);
const anyEntry = fc
  .uniqueArray(anyKey, { maxLength: 5 })
  .chain((keys) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, fc.constantFrom(...(serviceSamples[key] ?? ["x"]))]))),
  );

test("over random services: what is called valid is what compose accepts and no limit of ours refuses", async () => {
  const entries = fc
    .sample(fc.tuple(anyEntry, fc.boolean()), 60)
    .map(([some, hasImage]): object => (hasImage ? { image: "nginx", ...some } : some));
  const reviews = await reviewAll(entries);
  const judged = entries.map((entry, i) => {
    const faults = reviews[i]?.faults ?? [];
    return { entry, faults, ours: faults.some((message) => !message.includes("compose refuses it")) };
  });
  // Compose stops at its first fault: what should be fine is asked about together, what it should refuse each by itself.
  const fine = judged.filter(({ faults }) => faults.length === 0);
  const others = judged.filter(({ faults, ours }) => faults.length > 0 && !ours);
  const accepted = await composeAccepts(fine.map(({ entry }) => entry));
  const wrong: unknown[] = fine.filter((_, i) => !accepted[i]);
  for (const one of others) if ((await composeAccepts([one.entry]))[0]) wrong.push(one);
  expect(wrong).toEqual([]);
  expect(new Set(reviews.map(({ faults }) => faults.length === 0)).size).toBe(2);
});

test("the text of fleet.yaml's environment is the text in the container", async () => {
  const text = fc.oneof(
    fc.constantFrom(
      "1_000",
      "0b101",
      "0o17",
      "017",
      "0x1f",
      "2024-01-02",
      "2024-01-02T10:00:00Z",
      "1:30",
      "1e3",
      ".5",
      "yes",
      "n",
      "~",
      "null",
      "True",
      "$HOME",
      "$$",
      "<<",
      "=",
      "é",
      "😀",
      "a\u0085b",
      "a\u2028b",
      "a\u2029b",
      "\ufeffa",
      " a",
      "a ",
      "a\nb",
      "a\tb",
      "#",
      "'",
      '"',
      "\\n",
      "@x",
      "%x",
      "- a",
      "? a",
      "! a",
      "{a",
      "[a",
      "&a",
      "*a",
      "|",
      ">",
    ),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.stringMatching(/^[-+.0-9_:eExXobTZ ]{1,12}$/),
  );
  const values = fc
    .sample(text, 400)
    .filter((value) => [...value].every((each) => each === "\n" || each === "\t" || (each >= " " && each !== "\x7f")));
  const environment = Object.fromEntries(values.map((value, i) => [`V${i}`, value]));
  const { parseFleetConfig } = await import("@compose-fleet/fleet");
  const { renderStackWorker } = await import("@compose-fleet/render");
  const parsed = parseFleetConfig({
    name: "demo",
    services: { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 }, environment } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const overlay = renderStackWorker(parsed.config).find(({ path }) => path.endsWith("compose.services.yml"));
  const files = stackOf({ web: "services: { web: { image: nginx } }" }).map((file) =>
    file.path === "rendered/compose.services.yml" ? { ...file, content: Buffer.from(overlay?.content ?? "") } : file,
  );
  await withStagedFolder(files, async ({ folder }) => {
    const answer = await askCompose(runner, { folder, name: "stack" }, "compose.yml", "config", "--format", "json");
    if (!answer.ok) throw new Error(answer.said);
    // What compose prints it would read again: a dollar sign is doubled.
    const read = Object.entries(JSON.parse(answer.output).services.web.environment).map(([key, value]) => [
      key,
      String(value).replaceAll("$$", "$"),
    ]);
    expect(Object.fromEntries(read)).toEqual(environment);
  });
});
