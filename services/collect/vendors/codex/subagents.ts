import type { Findings } from "../../vendor.ts";
import { type Said, tell } from "../tell.ts";
import { id, present, text } from "../values.ts";
import { VENDOR } from "./vendor.ts";

/**
 * Agents of one task write to each other; each has a conversation, so a session, of its own. A spawn is the only record
 * that tells whose sub-agent a conversation is. Every message is logged where it was sent and where it arrived.
 */
export function agentsCommunicated(said: Said, found: Findings): void {
  const { attributes } = said;
  const kind = text(attributes, "kind");
  const sender = id(attributes, "sender_thread_id");
  const receiver = id(attributes, "receiver_thread_id");
  const message = text(attributes, "communication_id") ?? "";
  if (sender === undefined || receiver === undefined || text(attributes, "state") !== "send") {
    found.ignore("codex.agent_communication on arrival");
  } else if (kind === "spawn") {
    tell(said, found, {
      name: "session.started",
      identity: [receiver, "spawn", message],
      data: { sessionId: receiver, harness: VENDOR, start: "other", parentId: sender },
    });
  } else if (kind === "result") {
    tell(said, found, {
      name: "session.subagent.finished",
      identity: [receiver, sender, message],
      data: present({ sessionId: receiver, subagentId: sender }),
    });
  } else found.ignore(`codex.agent_communication between agents`);
}
