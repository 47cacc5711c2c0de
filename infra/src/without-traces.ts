/**
 * Does the work without the stack traces that cdktf takes of each token: unlimited ones, which nobody reads and which are two thirds of
 * a synthesis. Errors that are thrown keep theirs.
 */
export function withoutTraces<T>(work: () => T): T {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
