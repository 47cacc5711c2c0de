import { join } from "node:path";
import { writeFiles } from "@compose-fleet/files";
import { fleetJsonSchema } from "@compose-fleet/fleet";
import { Command } from "commander";
import type { CliContext } from "../run/context.ts";

/** Text of `fleet.schema.json`, which editors use to check and complete `fleet.yaml`. */
export function schemaText(): string {
  return `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`;
}

/** `fleet schema`: the JSON Schema of `fleet.yaml`. */
export function schemaCommand({ root, print }: CliContext): Command {
  return new Command("schema")
    .description("print the JSON Schema of fleet.yaml")
    .option("--write", "write it to fleet.schema.json instead")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet schema > /tmp/schema.json\n  fleet schema --write\n\nExit codes: 0 done, 2 it cannot be written.",
    )
    .action(async (options: { write?: boolean }) => {
      if (!options.write) return print(schemaText().trimEnd());
      await writeFiles([{ path: join(root, "fleet.schema.json"), content: schemaText() }]);
      print("fleet.schema.json written");
    });
}
