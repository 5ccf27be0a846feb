import { LocalServer } from "../adapters/nats/local-server.ts";

/** A platform process that does nothing but run the bus' server, to be killed: prints the server's address. */
const [path = "", version = "", dir = ""] = process.argv.slice(2);
const server = await LocalServer.start({ binary: { path, version }, dir });
process.stdout.write(`${server.url}\n`);
