import { share } from "#lib/format/count.ts";

/** A lower bound in percent, rounded down: what is not reached must not read as if it were. */
export const lowerShare = (lower: number): string => share(Math.floor(lower * 1000) / 1000);
