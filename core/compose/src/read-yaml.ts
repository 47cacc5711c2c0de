import { isMap, parseDocument } from "yaml";
import { asRecord } from "./rule.ts";

/** A service's compose file as the YAML library reads it: without `extends`, variables, and compose's own rules. */
export type YamlReading =
  | {
      readonly ok: true;
      readonly file: Readonly<Record<string, unknown>>;
      readonly services: Readonly<Record<string, unknown>>;
    }
  | { readonly ok: false; readonly message: string };

/** Reads a file for what needs no compose: which keys are at its top, and which services it has. Never throws. */
export function readYaml(text: string, service: string): YamlReading {
  const document = parseDocument(text, { merge: true, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) return { ok: false, message: `is not YAML: ${firstLine(error.message)}` };
  const noServices = { ok: false, message: `has no services: mapping: write one with an entry ${service}` } as const;
  if (!isMap(document.contents)) return noServices;
  let content: unknown;
  try {
    // Aliases are references here: however many there are, they cost nothing.
    content = document.toJS({ maxAliasCount: -1 });
  } catch (thrown) {
    return { ok: false, message: `is not YAML that can be read: ${firstLine(String(thrown))}` };
  }
  const file = asRecord(content) ?? {};
  const services = asRecord(file.services);
  return services === undefined ? noServices : { ok: true, file, services };
}

/** Names of the services in a file; none of one that cannot be read. */
export function servicesOf(text: string): readonly string[] {
  const reading = readYaml(text, "nginx");
  return reading.ok ? Object.keys(reading.services) : [];
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? text).replace(/:$/, "");
}
