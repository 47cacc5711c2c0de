/** One file of a revision. */
export interface StackFile {
  /** Relative to the stack's folder, with forward slashes. */
  readonly path: string;
  /** Permission bits: 0o644 or 0o755. */
  readonly mode: number;
  readonly content: Buffer;
}

/** In the order of their paths' bytes, so that the same files are always the same archive. */
export function inOrder(files: readonly StackFile[]): StackFile[] {
  return [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
