/** Actions of one service as IAM names them: `ec2` and `CreateVpc` are `ec2:CreateVpc`. */
export function actionsOf(service: string, ...names: readonly string[]): readonly string[] {
  return names.map((name) => `${service}:${name}`);
}
