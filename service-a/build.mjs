import { rename } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const file = join(import.meta.dirname, "dist/service-a.mjs");
const whole = `${file}.${process.pid}`;
// One file: an image is a base image plus this. CommonJS dependencies need `require` for Node's own modules.
await build({
  entryPoints: ["src/main.ts"],
  outfile: whole,
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  minify: true,
  banner: {
    js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url),__dirname=import.meta.dirname,__filename=import.meta.filename;',
  },
});
// At once: an image may be made of it at this moment.
await rename(whole, file);
