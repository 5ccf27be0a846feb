/** Names that people would confuse count as one. */
export const sameName = (name: string): string => name.normalize("NFKC").trim().toLowerCase();

export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
