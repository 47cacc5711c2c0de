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

/** YAML that means the same to every reader: a text that could be taken for anything else is in double quotes. */
export function plainYaml(content: object): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      const { value } = node;
      if (isScalar(node) && typeof value === "string" && AMBIGUOUS.some((pattern) => pattern.test(value)))
        node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}
