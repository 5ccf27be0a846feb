import { DIMENSIONS, type Dimension } from "#lib/words/dimensions.ts";
import { params } from "./address.svelte.ts";

/** The filters by dimension as they stand in the address, in the form in which the platform takes them. */
export function where(): Partial<Record<Dimension, readonly string[]>> {
  const filters: Partial<Record<Dimension, readonly string[]>> = {};
  for (const dimension of DIMENSIONS) {
    const values = params(dimension);
    if (values.length > 0) filters[dimension] = values;
  }
  return filters;
}
