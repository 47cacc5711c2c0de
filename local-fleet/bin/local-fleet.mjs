import { launch } from "../../process/src/launch/launch.mjs";

await launch("local-fleet/src/main.ts");
