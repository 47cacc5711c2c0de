import { runProgram } from "@compose-fleet/cli/run";
import { createBenchProgram } from "./program.ts";

await runProgram(createBenchProgram);
