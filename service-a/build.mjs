import { build } from "esbuild";

// One file: an image is a base image plus this. CommonJS dependencies need `require` for Node's own modules.
await build({
  entryPoints: ["src/main.ts"],
  outfile: "dist/service-a.mjs",
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
