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
