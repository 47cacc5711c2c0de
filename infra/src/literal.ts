/** Text that Terraform takes as it is: `${` and `%{` would start an expression of its own. */
export function literal(text: string): string {
  return text.replaceAll("${", "$${").replaceAll("%{", "%%{");
}
