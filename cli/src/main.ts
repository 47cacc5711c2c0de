import { createProgram } from "./program.ts";
import { runProgram } from "./run/run-program.ts";

await runProgram(createProgram);
