import { isIP } from "node:net";
import { EventStoreDBClient } from "@eventstore/db-client";

/** What the client understands, without case, dashes and underscores. It would print an unknown key with the whole string. */
const KEYS = new Set(
  [
    ["connectionname", "defaultdeadline", "discoveryinterval", "gossiptimeout", "keepaliveinterval", "keepalivetimeout"],
    ["maxdiscoverattempts", "nodepreference", "tls", "tlscafile", "throwonappendfailure", "usercertfile", "userkeyfile"],
  ].flat(),
);

/** A client for a connection string. Errors name what is wrong and never show the string: it holds a password. */
export function clientFor(connectionString: string): EventStoreDBClient {
  const [address = "", query = ""] = connectionString.split("?", 2);
  for (const pair of query.split("&").filter(Boolean)) {
    const key = (pair.split("=", 1)[0] as string).toLowerCase().replaceAll(/[-_]/g, "");
    if (key === "tlsverifycert")
      throw new Error("the event store's tlsVerifyCert cannot be switched off here: pass tlsCAFile=<file> instead");
    if (!KEYS.has(key))
      throw new Error(`the event store's connection string has an option nobody knows; these exist: ${[...KEYS].join(", ")}`);
  }
  // Node sends no IP address as the name it expects in a certificate, and the client knows no other name.
  const hosts = address
    .replace(/^.*(:\/\/|@)/, "")
    .split(/[,/]/)
    .map((host) => host.replace(/:\d*$/, ""));
  if (!/(^|&)tls=false(&|$)/i.test(query) && hosts.some((host) => isIP(host) !== 0)) {
    throw new Error("over TLS the event store must be named by its host name, as in its certificate, and not by an IP address");
  }
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch (cause) {
    // The client's complaint about the form quotes the string; one about a certificate file does not.
    if (cause instanceof Error && !("connectionString" in cause))
      throw new Error(`the event store's connection: ${cause.message}`, { cause });
    throw new Error("the event store's connection string must look like esdb://user:password@host:2113?tls=true");
  }
}
