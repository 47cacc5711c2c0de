export { checkFolder } from "./check-folder.ts";
export { checkFleetDocument, FleetFileError, loadFleetFile, readFleetDocument } from "./fleet-file.ts";
export { makeFolder } from "./make-folder.ts";
export { fileSystemSentence, PathError, reasonOf, shown, whyOf } from "./path-error.ts";
export { type ReportFile, reportFile } from "./report-file.ts";
export { checkWritable, writeFiles } from "./write-files.ts";
