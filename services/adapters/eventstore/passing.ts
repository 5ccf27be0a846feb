import { convertToCommandError } from "@eventstore/db-client";

/** gRPC's numbers for "not now": the call may be made again. https://grpc.io/docs/guides/status-codes/ */
const PASSING = new Set([1, 2, 4, 10, 13, 14]);

/** Answers of the server that the next attempt would get again, under whatever number it sends them. */
const LASTING = new Set([
  "access-denied",
  "invalid-argument",
  "invalid-transaction",
  "maximum-append-size-exceeded",
  "missing-required-metadata-property",
  "stream-deleted",
  "unsupported",
]);

/** The client's own words for a channel that was replaced meanwhile, and for a cluster without a leader. */
const OF_THE_CLIENT = /channel.*(shut ?down|closed)|failed to discover/i;

/** Whether trying again may help. */
export function isPassing(error: unknown): boolean {
  const kind = kindOf(error);
  if (kind === "not-leader") return true;
  if (LASTING.has(kind)) return false;
  const code = (error as { code?: number }).code;
  return code === undefined ? OF_THE_CLIENT.test((error as Error).message) : PASSING.has(code);
}

/** The server's word for what went wrong, such as `stream-deleted`. */
export function kindOf(error: unknown): string {
  return (convertToCommandError(error as Error) as { type?: string }).type ?? "";
}
