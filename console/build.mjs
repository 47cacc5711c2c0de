import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

// The page and its files, named by their content: `node build.mjs [--outdir=DIR]`.
const here = import.meta.dirname;
const { values } = parseArgs({ options: { outdir: { type: "string", default: "dist" } } });
const folder = resolve(here, values.outdir);

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.tsx", "src/style.css"],
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome111", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
  write: false,
  outdir: folder,
});

const files = new Map(outputFiles.map(({ contents, path }) => [basename(path), contents]));
const names = [...files.keys()].sort();
const script = names.find((name) => name.endsWith(".js"));
const style = names.find((name) => name.endsWith(".css"));
files.set(
  "index.html",
  Buffer.from(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="console-build" content="${names.join(" ")}">
<title>Fleet console</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/${style}">
<script type="module" src="/console/${script}"></script>
</head>
<body>
<div id="console"></div>
<noscript>The console needs JavaScript. Without it: npx fleet explain.</noscript>
</body>
</html>
`),
);

// Several builds may run at once, beside somebody who reads: each file is there whole, and what has not changed stays.
mkdirSync(folder, { recursive: true });
for (const [name, contents] of files) {
  const path = resolve(folder, name);
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
}
for (const name of readdirSync(folder))
  if (!files.has(name) && /\.(js|css)$/.test(name)) rmSync(resolve(folder, name), { force: true });
