/** One piece of work that a person may have to wait for. */
export interface ProgressStep {
  /** What it is doing right now, in a few words. */
  update(text: string): void;
  /** It is finished; `text` is the outcome. */
  done(text: string): void;
  /** It failed; `text` says why in a few words. */
  fail(text: string): void;
}

/** Tells a person what is going on. Steps may overlap. */
export interface Progress {
  step(title: string): ProgressStep;
  /** A sentence that stands on its own. */
  note(text: string): void;
}
