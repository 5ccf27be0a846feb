import type { BusFault } from "../../ports/event-bus.ts";
import { type Log, nameOf } from "../../telemetry.ts";
import { type Failure, fail, unavailable } from "../problems.ts";

/**
 * The front doors throw when they could not store what they took. The sender still has it, so it is told to come back;
 * only what the bus will never take is refused for good.
 */
export async function orUnavailable<Taken extends { readonly kind: string }>(
  work: () => Promise<Taken>,
  log: Log,
): Promise<Taken | Failure> {
  try {
    return await work();
  } catch (error) {
    if ((error as Partial<BusFault> | null)?.kind === "too_large") {
      return fail(413, "too_large", "An event is larger than the bus takes.", { hint: "Send its content in smaller parts." });
    }
    log("error", "events could not be taken", { error: nameOf(error) });
    return unavailable("The events could not be stored; nothing of them may be assumed to be.");
  }
}
