/** What `.env` of a revision says, which compose reads by itself: images by their variables, in a fixed order. */
export function imageEnv(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([variable, reference]) => `${variable}=${reference}\n`)
    .join("");
}

/** The registry's host and port, as in an image's reference, from the address that AWS gives. */
export function registryHost(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
