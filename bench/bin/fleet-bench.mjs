#!/usr/bin/env node
import { launch } from "../../cli/bin/launch.mjs";

await launch(new URL("../src/main.ts", import.meta.url).href);
