export { type LocalOptions, withLocalOptions } from "./local-options.ts";
export { parseFault } from "./parse-fault.ts";
export { parsePath } from "./parse-path.ts";
export { parseCount, parsePositiveRate, parseRate, parseSeconds } from "./parse-values.ts";
export { pathOption } from "./path-option.ts";
