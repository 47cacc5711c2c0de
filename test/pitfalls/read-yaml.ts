import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/** A YAML file of the repository, by its path in it. */
export function readYaml(file: string) {
  return parse(readFileSync(path.resolve(import.meta.dirname, "../..", file), "utf8"));
}
