import { launch } from "../../process/src/launch/launch.mjs";

await launch("load/src/worker-process.ts");
