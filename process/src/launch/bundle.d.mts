/** Path of the program's bundle, made where there is none of these sources. Rejects where it cannot be made or kept. */
export function bundleOf(root: string, entry: string): Promise<string>;
