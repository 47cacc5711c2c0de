import { readFileSync } from "node:fs";
import path from "node:path";
import { fleetSecrets, type NotifierName, notifierNames, notifiers, notifierVariable } from "@compose-fleet/fleet";
import { renderStackPrometheus } from "@compose-fleet/render";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseFleetConfig } from "../core/fleet/src/parse.ts";

// Whoever adds a notifier to core/fleet's list is told here what else has to know it.
const root = path.resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
/** What an author has to write where a notifier has settings that are mandatory. */
const SETTINGS: Readonly<Partial<Record<NotifierName, object>>> = {
  telegram: { chatId: -1 },
  webhook: { url: "https://ops.example.com/fleet" },
};

describe.each(notifierNames)("the notifier %s", (name) => {
  const { secret } = notifiers[name];
  const file = secret.name.toLowerCase();
  const parsed = parseFleetConfig({
    name: "demo",
    services: { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } } },
    notify: { [name]: SETTINGS[name] ?? {} },
  });
  if (!parsed.ok) throw new Error(`say in SETTINGS what notify.${name} needs: ${JSON.stringify(parsed.faults)}`);
  const { config } = parsed;
  const compose = parse(read("stack-prometheus/compose.yml"));

  test("is a section of fleet.yaml, also for editors", () => {
    expect(JSON.parse(read("fleet.schema.json")).properties.notify.properties).toHaveProperty(name);
  });
  test("has a secret that the monitoring instance alone reads, which no service may ask for", () => {
    expect(fleetSecrets(config)).toContainEqual({ ...secret, origin: "given", readers: ["monitoring"] });
    const web = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 }, secrets: [secret.name] };
    expect(parseFleetConfig({ name: "demo", services: { web } }).ok).toBe(false);
  });
  test("has its secret's file on the monitoring instance, and wh reads it", () => {
    const table = renderStackPrometheus(config).find((one) => one.path.endsWith("/secrets.tsv"))?.content;
    expect(table).toContain(`${file}\t${secret.name}\n`);
    expect(compose.secrets).toHaveProperty(file);
    expect(compose.services.wh.secrets).toContain(file);
    expect(compose.services.wh.environment).toHaveProperty(notifierVariable(name));
    expect(read("stack-prometheus/secrets.sh")).toMatch(new RegExp(`^for file in .*\\b${file}\\b`, "m"));
    expect(read("stack-prometheus/start.sh")).toMatch(new RegExp(`^for channel in .*\\b${file}\\b`, "m"));
  });
  test("hears the alerts for people from Alertmanager, too", () => {
    const text = renderStackPrometheus(config).find((one) => one.path.endsWith("/alertmanager.yml"))?.content ?? "";
    const people = parse(text).receivers.find((one: { name: string }) => one.name === "people");
    expect(Object.keys(people)).toContain(`${name}_configs`);
  });
});
