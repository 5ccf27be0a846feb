import { createServer, connect as dial, type Socket } from "node:net";

/**
 * A port that nothing listens on, in a range that systems do not use for outgoing connections: a client that tries again
 * and again while the server is down could otherwise get that very port and keep the server from coming back.
 */
export async function anyFreePort(host: string): Promise<number | null> {
  for (let tries = 0; tries < 200; tries++) {
    const port = await freePort(host, 20_000 + Math.floor(Math.random() * 10_000));
    if (port !== null) return port;
  }
  return null;
}

/** The port, or null when it is taken. */
export function freePort(host: string, wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(null));
    probe.listen(wanted, host, () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : null;
      probe.close(() => resolve(port));
    });
  });
}

export interface ServerInfo {
  readonly server_name: string;
  readonly version: string;
  readonly jetstream?: boolean;
}

/** What a NATS server says first to whoever connects; null when nobody answers like one. */
export function greet(host: string, port: number, timeoutMs: number): Promise<ServerInfo | null> {
  return new Promise((resolve) => {
    const socket: Socket = dial({ host, port });
    let text = "";
    const done = (info: ServerInfo | null) => {
      socket.destroy();
      resolve(info);
    };
    socket.setTimeout(timeoutMs, () => done(null));
    socket.once("error", () => done(null));
    socket.once("close", () => done(null));
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
      if (text.includes("\n") || text.length > 65_536) done(infoIn(text));
    });
  });
}

function infoIn(text: string): ServerInfo | null {
  if (!text.startsWith("INFO ")) return null;
  try {
    return JSON.parse(text.slice(5, text.indexOf("\n"))) as ServerInfo;
  } catch {
    return null;
  }
}
