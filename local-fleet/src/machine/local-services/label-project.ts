import { z } from "zod";

const entries = z.record(z.string(), z.looseObject({}).nullish()).nullish();
const projectSchema = z.looseObject({ services: entries, networks: entries, volumes: entries });

/**
 * A compose project, as JSON, with labels on everything that Docker keeps of it. Networks and volumes that exist elsewhere keep theirs: they are not
 * this fleet's to remove. Throws where it is no project.
 */
export function labelProject(json: string, labels: Readonly<Record<string, string>>): string {
  const { name: _, ...project } = projectSchema.parse(JSON.parse(json));
  const labelled = (all: z.output<typeof entries>, own: (entry: object) => boolean = () => true) =>
    Object.fromEntries(
      Object.entries(all ?? {}).map(([name, entry]) => [
        name,
        own(entry ?? {}) ? { ...entry, labels: { ...(entry?.labels as object | undefined), ...labels } } : entry,
      ]),
    );
  const isOurs = (entry: object): boolean => !("external" in entry && entry.external);
  const owned = (all: z.output<typeof entries>) =>
    Object.fromEntries(
      // Compose writes the name that it would give them in another project.
      Object.entries(labelled(all, isOurs)).map(([name, entry]) => [
        name,
        isOurs(entry ?? {}) ? withoutName(entry) : entry,
      ]),
    );
  return JSON.stringify({
    ...project,
    services: labelled(project.services),
    // Compose makes this one for services that name no network, also where the file does not mention it.
    networks: owned({ default: {}, ...project.networks }),
    volumes: owned(project.volumes),
  });
}

function withoutName(entry: object | null | undefined): object {
  const { name: _, ...others } = (entry ?? {}) as { readonly name?: unknown };
  return others;
}
