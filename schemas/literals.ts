import { type TUnsafe, Type } from "typebox";

/** One of these words, typed as such. */
export const literals = <const Words extends readonly string[]>(words: Words): TUnsafe<Words[number]> =>
  Type.Union(words.map((word) => Type.Literal(word))) as unknown as TUnsafe<Words[number]>;
