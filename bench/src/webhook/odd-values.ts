/** Values that parsers and look-ups stumble over. */
export const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  -1,
  0,
  1e308,
  -0.5,
  2 ** 53,
  "",
  " ",
  "NaN",
  "__proto__",
  "constructor",
  "toString",
  "\u0000",
  "\ud800",
  "\u202e\u200b",
  "🦀".repeat(200),
  "x".repeat(70_000),
  "$(reboot)",
  "i-0; rm -rf /",
  "../../etc/passwd",
  "service-a\nservice-b",
  "0000-00-00T00:00:00Z",
  "9999-12-31T23:59:59+14:00",
  "2026-02-30T25:61:61Z",
  "{{ .Labels }}",
  [],
  {},
  [[[[[[[[]]]]]]]],
  { a: { b: { c: {} } } },
];

/** Names that mean something on every JavaScript object. */
export const PROTOTYPE_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toJSON",
  "valueOf",
  "then",
] as const;

/** Pieces of text that replace a number or a string in JSON, most of them no JSON. */
export const RAW_TOKENS = [
  "NaN",
  "Infinity",
  "-Infinity",
  "1e999",
  "-1e999",
  "0x10",
  "01",
  "undefined",
  "'a'",
  '"\\u"',
  '"\\ud800"',
  "1E400",
  "-",
] as const;

/** Test alerts that are none: the label must be exactly the text true. */
export const ALMOST_TRUE: readonly unknown[] = [
  "True",
  "TRUE",
  "1",
  "yes",
  "true ",
  " true",
  true,
  1,
  ["true"],
  { true: "true" },
];
