import type { StackFile } from "@compose-fleet/cli/release";

/** A version of the service, and of the files beside it, that a scenario releases. */
export interface Variant {
  /** What its replicas answer. */
  readonly payload: string;
  /** What the image has besides the service's own. */
  readonly instructions: readonly string[];
  /** Whether the image is in the registry. */
  readonly isPushed: boolean;
  /** What the revision has otherwise than the stack. */
  readonly edit: (files: readonly StackFile[]) => readonly StackFile[];
}

const asItIs = (files: readonly StackFile[]) => files;

/** A version that works. */
export function goodVariant(payload: string): Variant {
  return { payload, instructions: [], isPushed: true, edit: asItIs };
}

/** A version whose replicas run this program instead of the service. */
export function programVariant(payload: string, program: string): Variant {
  return { ...goodVariant(payload), instructions: [`CMD ${JSON.stringify(["node", "-e", program])}`] };
}

/** A version whose image nobody pushed. */
export function unpushedVariant(payload: string): Variant {
  return { ...goodVariant(payload), isPushed: false };
}

/** A version whose hook begins with these lines of shell, and may take `seconds`. */
export function hookVariant(payload: string, hook: string, lines: readonly string[], seconds: number): Variant {
  return {
    ...goodVariant(payload),
    edit: (files) =>
      files.map((file) => {
        if (file.path === `hooks/${hook}.sh`)
          return withText(file, (text) => text.replace("\n", `\n${lines.join("\n")}\n`));
        const timeout = new RegExp(`(location: hooks/${hook}\\.sh\\n\\s+timeout: )\\d+`);
        return file.path === "appspec.yml" ? withText(file, (text) => text.replace(timeout, `$1${seconds}`)) : file;
      }),
  };
}

/** The image's recipe: the service's own image and what makes this version different. */
export function recipeOf({ payload, instructions }: Variant, base: string): string {
  return [
    `FROM ${base}`,
    `LABEL ${benchLabel}=${JSON.stringify(payload)}`,
    `ENV PAYLOAD=${JSON.stringify(payload)}`,
    ...instructions,
    "",
  ].join("\n");
}

/** By this label the images of a benchmark are found and removed. */
export const benchLabel = "compose-fleet.release-bench";

function withText(file: StackFile, change: (text: string) => string): StackFile {
  return { ...file, content: Buffer.from(change(file.content.toString())) };
}
