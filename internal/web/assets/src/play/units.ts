// The units of a package, as the frame knows them.

export interface Unit {
  id: string;
  title: string;
  href?: string;
  hidden?: boolean;
  prerequisites?: string;
  units?: Unit[];
}

export function node(of: Unit[], id: string): Unit | undefined {
  for (const u of of) {
    const found = u.id === id ? u : node(u.units ?? [], id);
    if (found) return found;
  }
  return undefined;
}

/** The units that can be opened, in their order. */
export function leaves(of: Unit[]): Unit[] {
  return of.flatMap((u) => (u.href ? [u] : []).concat(leaves(u.units ?? [])));
}

/** The units that she sees: what stands in one that is hidden takes its place. What a
 * rule hides, it hides with all that stands in it. */
export function seen(of: Unit[], unseen: string[] = []): Unit[] {
  return of.flatMap((u) => (unseen.includes(u.id) ? [] : u.hidden ? seen(u.units ?? [], unseen) : [u]));
}

/** Those of them that can be opened. */
export function seenLeaves(of: Unit[], unseen?: string[]): Unit[] {
  return seen(of, unseen).flatMap((u) => (u.href ? [u] : []).concat(seenLeaves(u.units ?? [], unseen)));
}
