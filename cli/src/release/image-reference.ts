/** The variable by which compose files name an image: `service-a` is `SERVICE_A_IMAGE`. */
export function imageVariable(image: string): string {
  return `${image.toUpperCase().replaceAll("-", "_")}_IMAGE`;
}

/** What `.env` of a revision says, which compose reads by itself: images by their variables, in a fixed order. */
export function imageEnv(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([variable, reference]) => `${variable}=${reference}\n`)
    .join("");
}

/** Name of an image's repository in the registry. */
export function repositoryName(fleet: { readonly name: string; readonly environment: string }, image: string): string {
  return `fleet-${fleet.name}-${fleet.environment}/${image}`;
}

/** The registry's host and port, as in an image's reference, from the address that AWS gives. */
export function registryHost(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
