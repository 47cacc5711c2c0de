/** One file that is derived from `fleet.yaml`. */
export interface RenderedFile {
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  readonly content: string;
  /** Permission bits; 0o644 when left out. */
  readonly mode?: number;
}
