/** Where a list goes on, as text that only the list itself reads. */

export interface BadCursor {
  readonly kind: "bad_cursor";
}

export const placeAfter = (...fields: readonly string[]): string => JSON.stringify(fields);

/** Null when it is not a place of a list with so many fields. */
export function readPlace(cursor: string, fields: number): readonly string[] | null {
  try {
    const place: unknown = JSON.parse(cursor);
    const fits = Array.isArray(place) && place.length === fields && place.every((field) => typeof field === "string");
    return fits ? (place as string[]) : null;
  } catch {
    return null;
  }
}

export const isWholeNumber = (text: string): boolean => /^-?\d{1,38}$/.test(text);
