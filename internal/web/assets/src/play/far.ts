/** The sentences of how far she is, with {done}, {units} and {percent} to fill in, and the
 * digits that she reads. */
export interface Words {
  units: string;
  percent: string;
  digits: string;
}

/** How far she is in all units together, of which so many are done: of a single unit the
 * share that it tells; nothing where that is unknown. */
export function far(units: number, done: number, percent: number, words: Words): string {
  const digits = (n: number): string => String(n).replace(/\d/g, (d) => words.digits[Number(d)] ?? d);
  if (units > 1) return words.units.replace("{done}", digits(done)).replace("{units}", digits(units));
  return units === 1 && percent > 0 ? words.percent.replace("{percent}", digits(percent)) : "";
}
