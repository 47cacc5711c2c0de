import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../.fleet/images.env", import.meta.url));

/** The images that set-up found or built, by variable (`NGINX_IMAGE`, …). Throws a sentence where set-up has not run. */
export function readImages(): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(FILE, "utf8");
  } catch (error) {
    throw new Error("no .fleet/images.env: run `npx fleet setup` first", { cause: error });
  }
  const pairs = text
    .split("\n")
    .filter((line) => line.includes("=") && !line.startsWith("#"))
    .map((line): [string, string] => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  return Object.fromEntries(pairs);
}
