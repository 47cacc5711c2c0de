/** What `terraform show -json` says of a plan, as far as it is read here. */
export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

/** One resource of a plan. Values that are known only after the apply are missing in `after`. */
export interface ResourceChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  /** Why Terraform does it, where that does not follow from the values. */
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly ("create" | "read" | "update" | "delete" | "no-op" | "forget")[];
    readonly before?: Readonly<Record<string, unknown>> | null;
    readonly after?: Readonly<Record<string, unknown>> | null;
    /** The same form as `after`, true where only the apply will know. */
    readonly after_unknown?: Readonly<Record<string, unknown>>;
    /** Where the values lie for which the resource has to be made anew. */
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

/** The resources that exist once the plan is applied. */
export function plannedResources({ resource_changes: changes = [] }: Plan): readonly ResourceChange[] {
  return changes.filter(({ mode, change }) => mode === "managed" && change.after);
}

/** Addresses of what the plan would change. */
export function changedAddresses({ resource_changes: changes = [] }: Plan): readonly string[] {
  return changes
    .filter(({ change }) => change.actions.some((action) => action !== "no-op" && action !== "read"))
    .map(({ address }) => address);
}

/** The plan with what only the apply will know filled in as the stack's JSON says it: expressions, which rules can look into. */
export function withExpressions(plan: Plan, stack: StackJson): Plan {
  return {
    ...plan,
    resource_changes: (plan.resource_changes ?? []).map((resource) => {
      const { after } = resource.change;
      if (!after) return resource;
      const name = resource.address.slice(resource.type.length + 1);
      const known = Object.entries(after).filter(([, value]) => value !== null);
      const written = stack.resource?.[resource.type]?.[name] ?? {};
      return { ...resource, change: { ...resource.change, after: { ...written, ...Object.fromEntries(known) } } };
    }),
  };
}

/** The resources of a stack's JSON, by type and name. */
export interface StackJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}
