import { makeBusKeys } from "../wiring/engines.ts";

/** Keys and configuration for a NATS server of one's own; run again, it keeps the keys. */
export async function busKeys(folder: string, print: (line: string) => void): Promise<number> {
  const files = await makeBusKeys(folder);
  print(`Configuration of the server: ${files.config}`);
  print("For the platform:");
  print(`  NATS_CREDS=${files.credentials}`);
  print(`  NATS_SIGNING_KEY=${files.signingKey}`);
  print(`  NATS_OPERATOR_KEY=${files.operatorKey}`);
  print(`  NATS_SYSTEM_CREDS=${files.systemCredentials}`);
  print("Keep them like passwords: they are the right to say which agent is which.");
  return 0;
}
