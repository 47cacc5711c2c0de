/** What a second plan may want to change on moto, and why: each differs from AWS there, not here. */
export interface AllowedDrift {
  readonly address: RegExp;
  readonly why: string;
}

/** Addresses that are none of these. */
export function unexplainedDrift(addresses: readonly string[], allowed: readonly AllowedDrift[]): readonly string[] {
  return addresses.filter((address) => !allowed.some((drift) => drift.address.test(address)));
}
