/** Text that Terraform takes as it is: `${` and `%{` would start an expression of its own. */
export function literal(text: string): string {
  // A function, since a dollar sign means something in a replacement text.
  return text.replaceAll(/[$%](?=\{)/g, (sign) => `${sign}${sign}`);
}
