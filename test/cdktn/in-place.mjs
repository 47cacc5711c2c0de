// Makes every `cdktf` the fork `cdktn`, and every `constructs` the one that the fork wants, in a process that is started with
// `--import` of this file: also for the provider's bindings, which look for cdktf themselves. Two hooks, since Node 20 has one for
// `import` and none for `require`.
import Module, { register } from "node:module";

const IN_PLACE_OF = { cdktf: "cdktn", constructs: "constructs" };

/** The fork's request for one of these; undefined for every other. */
function forked(request) {
  const [, name, path = ""] = /^(cdktf|constructs)(\/.*)?$/.exec(request) ?? [];
  return name && IN_PLACE_OF[name] + path;
}

// As if this file asked: it lies beside the fork.
const here = {
  id: import.meta.filename,
  filename: import.meta.filename,
  paths: Module._nodeModulePaths(import.meta.dirname),
};
const original = Module._resolveFilename;
Module._resolveFilename = function resolve(request, parent, ...rest) {
  const fork = forked(request);
  return fork === undefined ? original.call(this, request, parent, ...rest) : original.call(this, fork, here, ...rest);
};

const hook = `
  const IN_PLACE_OF = ${JSON.stringify(IN_PLACE_OF)};
  ${forked}
  export async function resolve(specifier, context, next) {
    const fork = forked(specifier);
    return fork === undefined ? next(specifier, context) : next(fork, { ...context, parentURL: ${JSON.stringify(import.meta.url)} });
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
