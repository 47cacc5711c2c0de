import { z } from "zod";
import type { ComposeAnswer } from "./compose-answer.ts";
import { type Judgement, judge, type Remark, UNKNOWN_KEY } from "./judge.ts";
import { readYaml, type YamlReading } from "./read-yaml.ts";
import { asRecord, type RuleContext, recordsOf } from "./rule.ts";
import { serviceRules, topLevelRules } from "./service-rules.ts";

/** Keys of a service that name things at the top of the file, under the same key. */
const PARTS = ["volumes", "configs", "secrets"] as const;

const configSchema = z.looseObject({ services: z.record(z.string(), z.unknown()).default({}) });

type Context = Omit<RuleContext, "whole">;

/**
 * Judges the compose file of one service by the fleet's rules. `text`: the file, undefined where there is none; `answer`: what `docker compose config`
 * makes of it as JSON, undefined where compose cannot be asked, which makes it the weaker check. Throws where an answer is not compose's.
 */
export function reviewService(
  text: string | undefined,
  answer: ComposeAnswer | undefined,
  context: Context,
): Judgement {
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

/** A fault in compose's own words, with the file that they are about where they name one. */
export function refusal(said: string, fallback: string): Remark {
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
