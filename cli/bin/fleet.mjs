#!/usr/bin/env node
import { launch } from "../../process/src/launch/launch.mjs";

await launch("cli/src/main.ts");
