/**
 * unreachable: nobody answered; refused: an answer that was not expected, `status` says which; misread: not JSON, or another version's;
 * not-ready: it answers, and has nothing to tell yet.
 */
export type WhApiProblem = "unreachable" | "refused" | "misread" | "not-ready";

/** Why a question to the scaler has no answer, as a sentence. */
export class WhApiError extends Error {
  override readonly name = "WhApiError";
  readonly problem: WhApiProblem;
  /** HTTP status of the answer, where one was refused. */
  readonly status: number | undefined;

  constructor(problem: WhApiProblem, message: string, status?: number) {
    super(message);
    this.problem = problem;
    this.status = status;
  }
}
