import type { Findings } from "../../vendor.ts";
import { errorName, httpStatus } from "../errors.ts";
import { type Said, tell } from "../tell.ts";
import { contentOf, count, flag, name, present, size, text } from "../values.ts";

/** One record for every attempt, most of which succeed. */
export function apiError(said: Said, found: Findings): void {
  const { attributes } = said;
  const status = httpStatus(count(attributes, "http.response.status_code"));
  const message = text(attributes, "error.message");
  const failed = message !== undefined || (status !== undefined && status >= 400) || flag(attributes, "success") === false;
  if (!failed) {
    found.ignore(`${text(attributes, "event.name")} that succeeded`);
    return;
  }
  const attempt = size(attributes, "attempt");
  tell(said, found, {
    name: "session.error.raised",
    identity: [said.sessionId, text(attributes, "event.name") ?? "", moment(said), String(attempt), String(status)],
    data: present({
      ...said.base,
      error: errorName(status, "request_failed"),
      status,
      // Codex numbers attempts from zero.
      attempt: attempt === undefined ? undefined : attempt + 1,
      model: name(attributes, "model"),
      durationMs: size(attributes, "duration_ms"),
    }),
    content: contentOf(["error", message]),
  });
}

/** The request was answered, then the stream broke or said that it failed. What was spent until then nobody reports. */
export function streamError(said: Said, found: Findings): void {
  const { attributes } = said;
  tell(said, found, {
    name: "session.error.raised",
    identity: [said.sessionId, "stream", moment(said)],
    data: present({ ...said.base, error: "stream_failed", model: name(attributes, "model") }),
    content: contentOf(["error", text(attributes, "error.message")]),
  });
}

const moment = ({ attributes }: Said): string => text(attributes, "event.timestamp") ?? "";
