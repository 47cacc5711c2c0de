import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const IMPORTS = /import\s*\{([^}]*)\}\s*from "(@aws-sdk\/[^"]+)"/g;

/** The calls of AWS whose commands the sources below these folders of the repository import, as the package and the command's name. */
export function sdkCalls(
  ...folders: readonly string[]
): readonly { readonly from: string; readonly command: string }[] {
  return folders.flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.startsWith("test-support"))
      .flatMap((file) => [...readFileSync(`${ROOT}${folder}/${file}`, "utf8").matchAll(IMPORTS)])
      .flatMap(([, names = "", from = ""]) =>
        [...names.matchAll(/(\w+)Command\b/g)].map(([, command = ""]) => ({ from, command })),
      ),
  );
}
