import type { Msg, NatsConnection } from "@nats-io/nats-core";
import type { AnswerRequest, DecisionDoor } from "../../ports/decision-door.ts";
import { receiptSubject } from "./subjects.ts";

const SUBJECT = "andon.decide.*";
/** Processes of one platform share the requests. */
const GROUP = "andon";
/** Requests of one process at a time; more wait in its memory, and their agents give up by themselves. */
const MOST_AT_ONCE = 256;
const MOST_WAITING = 10_000;

/** Answers requests on the connection that is among the agents. */
export function natsDecisionDoor(agents: NatsConnection): DecisionDoor {
  return {
    open(answer) {
      const waiting: Msg[] = [];
      const underWay = new Set<Promise<void>>();
      const next = (): void => {
        while (underWay.size < MOST_AT_ONCE) {
          const msg = waiting.shift();
          if (!msg) return;
          const work = handle(agents, msg, answer).finally(() => {
            underWay.delete(work);
            next();
          });
          underWay.add(work);
        }
      };
      const subscription = agents.subscribe(SUBJECT, {
        queue: GROUP,
        callback: (error, msg) => {
          if (error || waiting.length >= MOST_WAITING) return;
          waiting.push(msg);
          next();
        },
      });
      return {
        async [Symbol.asyncDispose]() {
          if (!agents.isClosed()) subscription.unsubscribe();
          while (underWay.size > 0) await Promise.all(underWay);
          if (!agents.isClosed()) await agents.flush();
        },
      };
    },
  };
}

async function handle(agents: NatsConnection, msg: Msg, answer: AnswerRequest): Promise<void> {
  const agentId = msg.subject.split(".")[2] ?? "";
  const to = receiptSubject(agentId, msg.reply ?? "");
  // Nobody would hear the answer, so nothing is decided.
  if (to === null) return;
  const reply = await answer(agentId, msg.data);
  if (!agents.isClosed()) agents.publish(to, reply);
}
