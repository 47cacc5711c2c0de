import { Document, isScalar, visit } from "yaml";

/**
 * What some reader of YAML takes for a number (1_000, 0b101, 0x1f, 1e3, 1:30), a date, a truth or nothing, although ours writes it without quotes: it follows
 * YAML 1.2, and the programs that read rendered files follow 1.1 in part.
 */
const AMBIGUOUS = [
  /^[-+.]?[0-9][0-9a-fA-FxXoObB_.:+TtZz -]*$/,
  /^[-+.](?!\.?\/)/,
  /^(y|yes|n|no|on|off|true|false|null|nil|~|<<|=)$/i,
];

/** Characters that end a line for readers of YAML 1.1, or may not stand in it as they are. */
const UNSEEN = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

const isMisread = (value: string): boolean => UNSEEN.test(value) || AMBIGUOUS.some((pattern) => pattern.test(value));

/** YAML that means the same to every reader: a text that could be taken for anything else, or for two lines, is in double quotes. */
export function plainYaml(content: object): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      const { value } = node;
      if (isScalar(node) && typeof value === "string" && isMisread(value)) node.type = "QUOTE_DOUBLE";
    },
  });
  // What is unseen stands in double quotes alone, where it can be written as a number.
  return document
    .toString({ lineWidth: 0 })
    .replaceAll(new RegExp(UNSEEN, "g"), (unseen) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
