import { ANSWER_BYTES, type Answered, type Asked, answerOf } from "./ask-process.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The address of a candidate; null when it is not plain HTTP on this machine: cases leave it for nowhere else. */
export function loopbackUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.protocol === "http:" && LOOPBACK.test(url.hostname) && url.username === "" && url.password === "" ? url : null;
}

/** Asks a service: input as the body of a POST, answer as the body of a 2xx. It is not followed anywhere else. */
export async function askUrl(url: URL, { input, timeLimitMs, signal }: Asked): Promise<Answered> {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]);
  try {
    const headers = { "content-type": "text/plain; charset=utf-8" };
    const response = await fetch(url, { method: "POST", headers, body: input, redirect: "error", signal: ends });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES) return { kind: "no_answer" };
      chunks.push(chunk);
    }
    return response.ok ? answerOf(Buffer.concat(chunks)) : { kind: "no_answer" };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { readonly code?: string };
    return { kind: code === "ECONNREFUSED" ? "unreachable" : "no_answer" };
  }
}
