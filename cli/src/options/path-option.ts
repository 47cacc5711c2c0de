import { Option } from "commander";
import { parsePath } from "./parse-path.ts";

/** The one way to declare an option that takes a path: its value is looked at when it is read. */
export function pathOption(flag: string, kind: "file" | "folder", description: string): Option {
  return new Option(`${flag} <${kind}>`, description).argParser(parsePath);
}
