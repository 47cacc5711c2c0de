import { createBenchProgram } from "./bench-program.ts";
import { runProgram } from "./run/run-program.ts";

await runProgram(createBenchProgram);
