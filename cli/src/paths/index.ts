export { parsePath } from "./parse-path.ts";
export { PathError } from "./path-error.ts";
export { pathOption } from "./path-options.ts";
export { type ReportFile, reportFile } from "./report-file.ts";
