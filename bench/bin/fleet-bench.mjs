#!/usr/bin/env node
import { launch } from "../../process/src/launch/launch.mjs";

await launch("bench/src/main.ts");
