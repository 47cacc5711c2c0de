import { writeFile } from "node:fs/promises";
import type { Runner } from "@compose-fleet/process";
import { z } from "zod";
import { askCompose, type ComposeAnswer, findCompose } from "./ask-compose.ts";
import { type Judgement, judge, type Remark, UNKNOWN_KEY } from "./judge.ts";
import { readYaml, type YamlReading } from "./read-yaml.ts";
import { asRecord, type RuleContext, recordsOf } from "./rule.ts";
import { serviceRules, topLevelRules } from "./service-rules.ts";
import { type ComposeFile, type StagedFolder, withStagedFolder } from "./staged-folder.ts";

/** What the compose files of a fleet's services amount to on a worker. */
export interface Review extends Judgement {
  /** Who read them: compose's version; or why compose could not, which makes the check a weaker one. */
  readonly reader: { readonly version: string } | { readonly missing: string };
}

/** Where the stack's own files say which other names there are beside the services. */
const STACK_FILE = "compose.yml";
/** Beside the stack's compose.yml, so that paths mean the same. */
const PROBE_FILE = ".fleet-probe.yml";
const AS_WRITTEN = [
  "--profile",
  "*",
  "config",
  "--format",
  "json",
  "--no-consistency",
  "--no-env-resolution",
  "--no-normalize",
];

/** Keys of a service that name things at the top of the file, under the same key. */
const PARTS = ["volumes", "configs", "secrets"] as const;

const configSchema = z.looseObject({ services: z.record(z.string(), z.unknown()).default({}) });

/**
 * Checks the compose files of services in a stack as a worker gets it (with `rendered/`): compose reads them, the fleet's rules judge what comes out, and compose
 * has the last word on the whole. Without compose the rules judge what a YAML library reads. All faults at once; rejects with the file system's errors only.
 */
export async function reviewServices(
  runner: Runner,
  files: readonly ComposeFile[],
  services: readonly string[],
): Promise<Review> {
  const reader = await findCompose(runner);
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  const stack = readYaml(texts.get(STACK_FILE)?.toString() ?? "", "nginx");
  const taken = [...(stack.ok ? Object.keys(stack.services) : []), ...services, "agent-local"];
  return withStagedFolder(files, async (staged) => {
    const readable = "version" in reader ? services.filter((service) => texts.has(`services/${service}.yml`)) : [];
    const answers = await probe(runner, staged, readable);
    const judgements = services.map((service) =>
      reviewOne(texts.get(`services/${service}.yml`)?.toString(), answers.get(service), {
        service,
        taken: taken.filter((name) => name !== service),
        look: staged.look,
      }),
    );
    const faults = judgements.flatMap((each) => each.faults);
    const notes = judgements.flatMap((each) => each.notes);
    if (faults.length > 0 || "missing" in reader) return { faults, notes, reader };
    const whole = await askCompose(
      runner,
      { folder: staged.folder, name: "stack-worker" },
      STACK_FILE,
      "config",
      "--quiet",
    );
    if (!whole.ok) return { faults: [refusal(whole.said, "stack-worker")], notes, reader };
    return {
      faults,
      notes: [...notes, ...whole.warnings.map((message) => ({ path: "stack-worker", message }))],
      reader,
    };
  });
}

type Context = Omit<RuleContext, "whole">;

/** `answer`: what compose makes of the file; undefined where it cannot be asked. */
function reviewOne(text: string | undefined, answer: ComposeAnswer | undefined, context: Context): Judgement {
  const { service } = context;
  const path = `services/${service}.yml`;
  const only = (message: string): Judgement => ({ faults: [{ path, message }], notes: [] });
  if (text === undefined) return only(`is missing: write a compose file whose services: has an entry ${service}`);
  const yaml = readYaml(text, service);
  const own = yaml.ok ? asRecord(yaml.services[service]) : undefined;
  if (yaml.ok && own === undefined)
    return only(
      `has no services.${service} (got ${Object.keys(yaml.services).join(", ") || "nothing"}): name the entry as in fleet.yaml`,
    );
  if (answer === undefined)
    return yaml.ok ? inFile(path, judgeFile(yaml, own ?? {}, context, false)) : only(yaml.message);
  if (!answer.ok) {
    // Compose stops at its first fault; the fleet's own are said in the same go. Whether a key exists compose has said.
    const rules = yaml.ok ? inFile(path, judgeFile(yaml, own ?? {}, context, false)).faults : [];
    return {
      faults: [...rules.filter(({ message }) => !message.endsWith(UNKNOWN_KEY)), refusal(answer.said, path)],
      notes: [],
    };
  }
  const read = configSchema.parse(JSON.parse(answer.output));
  const entry = asRecord(read.services[service]) ?? {};
  // Other keys at the top are gone when compose has read them.
  const file = { ...(yaml.ok ? yaml.file : {}), ...partsOf(entry, read) };
  const { faults, notes } = judgeFile({ ok: true, file, services: read.services }, entry, context, true);
  return inFile(path, { faults: [...faults, ...undefinedParts(entry, read, service)], notes });
}

/** What a service names and no file defines. Pure. */
function undefinedParts(
  entry: Readonly<Record<string, unknown>>,
  read: Readonly<Record<string, unknown>>,
  service: string,
): Remark[] {
  return PARTS.flatMap((key) =>
    recordsOf(entry[key]).flatMap(({ type = "volume", source }) =>
      type !== "volume" || typeof source !== "string" || source === "" || source in (asRecord(read[key]) ?? {})
        ? []
        : [
            {
              path: `services.${service}.${key}`,
              message: `${source} is not defined: write it under ${key}: at the top of the file`,
            },
          ],
    ),
  );
}

/** The volumes, configs and secrets at the top that a service names: compose reads several files at a time. */
function partsOf(
  entry: Readonly<Record<string, unknown>>,
  read: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const parts = PARTS.map((key) => {
    const named = recordsOf(entry[key]).map(({ source }) => source);
    return [
      key,
      Object.fromEntries(Object.entries(asRecord(read[key]) ?? {}).filter(([name]) => named.includes(name))),
    ] as const;
  });
  return Object.fromEntries(parts);
}

function judgeFile(
  reading: YamlReading & { ok: true },
  entry: Readonly<Record<string, unknown>>,
  context: Context,
  withValues: boolean,
): Judgement {
  const all = { ...context, whole: entry };
  const top = judge(topLevelRules, reading.file, "", all, withValues);
  const service = judge(serviceRules, entry, `services.${context.service}.`, all, withValues);
  const image = imageFault(entry, context.service, withValues);
  return { faults: [...top.faults, ...service.faults, ...image], notes: [...top.notes, ...service.notes] };
}

function imageFault(entry: Readonly<Record<string, unknown>>, service: string, withValues: boolean): Remark[] {
  const isNamed = typeof entry.image === "string" && entry.image !== "";
  // What has no image may get one by `extends`, which only compose follows; a build without one has a fault of its own.
  if (isNamed || entry.build !== undefined || (!withValues && entry.extends !== undefined)) return [];
  return [{ path: `services.${service}.image`, message: "missing: write which image replicas run" }];
}

/**
 * The services as their files say it, with the parts at the top that they name, before fleet.yaml has its say. Compose stops at its first fault, so that where it
 * refuses several files they are asked about in halves.
 */
async function probe(
  runner: Runner,
  staged: StagedFolder,
  services: readonly string[],
): Promise<ReadonlyMap<string, ComposeAnswer>> {
  if (services.length === 0) return new Map();
  const file = (service: string): string => `services/${service}.yml`;
  const content = {
    include: services.map((service) => ({ path: [file(service), "rendered/no-services.yml"] })),
    services: Object.fromEntries(services.map((service) => [service, { extends: { file: file(service), service } }])),
  };
  await writeFile(`${staged.folder}/${PROBE_FILE}`, JSON.stringify(content));
  const answer = await askCompose(runner, { folder: staged.folder, name: "stack-worker" }, PROBE_FILE, ...AS_WRITTEN);
  if (answer.ok || services.length === 1) return new Map(services.map((service) => [service, answer]));
  const half = Math.ceil(services.length / 2);
  return new Map([
    ...(await probe(runner, staged, services.slice(0, half))),
    ...(await probe(runner, staged, services.slice(half))),
  ]);
}

/** Compose's own words, with the file that they are about where they name one. */
function refusal(said: string, fallback: string): Remark {
  const named = /stack-worker\/(services\/[\w.-]+\.ya?ml)/.exec(said)?.[1];
  return {
    path: named ?? fallback,
    message: `compose refuses it: ${said.replace(/^validating \S+: /, "").replaceAll(/\s*\n\s*/g, "; ")}`,
  };
}

function inFile(path: string, { faults, notes }: Judgement): Judgement {
  const within = ({ path: key, message }: Remark): Remark => ({ path, message: `${key}: ${message}` });
  return { faults: faults.map(within), notes: notes.map(within) };
}
