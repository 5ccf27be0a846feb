import { Metadata, status } from "@grpc/grpc-js";

export type Failure =
  | "unavailable"
  | "cancelled"
  | "not leader"
  | "busy"
  | "denied"
  | "deleted"
  | "invalid transaction"
  | "too large"
  | "bad request";

const CODES: Record<Failure, [code: number, details: string, exception?: string]> = {
  unavailable: [status.UNAVAILABLE, "Server Is Not Ready"],
  cancelled: [status.CANCELLED, "the server is going down"],
  "not leader": [status.NOT_FOUND, "Leader info available", "not-leader"],
  busy: [status.UNAVAILABLE, "Server Is Too Busy"],
  denied: [status.PERMISSION_DENIED, "Access Denied", "access-denied"],
  deleted: [status.FAILED_PRECONDITION, "Event stream is deleted.", "stream-deleted"],
  "invalid transaction": [status.INVALID_ARGUMENT, "Invalid Transaction", "invalid-transaction"],
  "too large": [status.INVALID_ARGUMENT, "Maximum Append Size Exceeded.", "maximum-append-size-exceeded"],
  "bad request": [status.INVALID_ARGUMENT, "the stand-in server does not know this request"],
};

/** An error as the real server sends it: the kind of it is in the trailers. */
export function failure(kind: Failure, port: number) {
  const [code, details, exception] = CODES[kind];
  const metadata = new Metadata();
  if (exception) metadata.set("exception", exception);
  metadata.set("stream-name", "some-stream");
  metadata.set("maximum-append-size", "1048576");
  metadata.set("leader-endpoint-host", "127.0.0.1");
  metadata.set("leader-endpoint-port", String(port));
  return Object.assign(new Error(details), { code, details, metadata });
}
