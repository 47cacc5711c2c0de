/** What compose answered. `warnings` are its own sentences about what it could make something of all the same. */
export type ComposeAnswer =
  | { readonly ok: true; readonly output: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly said: string };
