import features from "@eventstore/db-client/generated/serverfeatures_grpc_pb.js";
import featuresProtocol from "@eventstore/db-client/generated/serverfeatures_pb.js";
import streams from "@eventstore/db-client/generated/streams_grpc_pb.js";
import type { AppendReq, AppendResp, ReadReq, ReadResp } from "@eventstore/db-client/generated/streams_pb.js";
import {
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { answerAppend, appendOf } from "./appending.ts";
import { failure } from "./failures.ts";
import { ServerLog } from "./log.ts";
import { answerRead, subscribe } from "./reading.ts";

/** What no real server calls itself. */
export const STAND_IN_VERSION = "0.0.0-stand-in";

/** What the next append meets. `lost before` and `lost after`: the connection breaks before or after it is stored. */
export type AppendTrouble = "lost before" | "lost after" | "hangs" | "not leader" | "busy" | "denied";

export interface StandInOptions {
  /** Certificate and key in PEM; without them it speaks in clear. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

/**
 * Speaks EventStoreDB's Streams service over a real HTTP/2 socket, for machines on which the real server cannot run. It
 * follows what the real one does where our adapter depends on it, odd as that may be; the same contract suite runs
 * against the real one when there is one.
 */
export class StandInServer implements AsyncDisposable {
  readonly log = new ServerLog();
  readonly troubles: AppendTrouble[] = [];
  /** Headers of every call, to see what was sent along. */
  readonly seen: { readonly call: "append" | "read" | "features"; readonly headers: Readonly<Record<string, unknown>> }[] = [];
  readonly #subscriptions = new Set<ServerWritableStream<ReadReq, ReadResp>>();
  readonly #credentials: ServerCredentials;
  #server: Server | null = null;
  #port = 0;
  maxAppendBytes = 1024 * 1024;

  private constructor({ tls }: StandInOptions) {
    this.#credentials = tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }])
      : ServerCredentials.createInsecure();
  }

  static async start(options: StandInOptions = {}): Promise<StandInServer> {
    const server = new StandInServer(options);
    await server.resume();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** Listens again, on the port it had. */
  async resume(): Promise<void> {
    const server = new Server({ "grpc.max_receive_message_length": 17 * 1024 * 1024 });
    server.addService(features.ServerFeaturesService, { getSupportedMethods: this.#features });
    server.addService(streams.StreamsService, {
      append: this.#append,
      read: this.#read,
      batchAppend: notOffered,
      delete: notOffered,
      tombstone: notOffered,
    });
    this.#port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${this.#port}`, this.#credentials, (error, port) => (error ? reject(error) : resolve(port))),
    );
    this.#server = server;
  }

  /** Cuts all connections and stops listening. */
  halt(): void {
    this.#server?.forceShutdown();
    this.#server = null;
  }

  /** Ends every subscription with an error of the server. */
  breakSubscriptions(code: "unavailable" | "cancelled" | "not leader"): void {
    for (const call of this.#subscriptions) call.emit("error", failure(code, this.#port));
  }

  readonly #features = (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>): void => {
    this.seen.push({ call: "features", headers: call.metadata.getMap() });
    const methods = new featuresProtocol.SupportedMethods();
    methods.setEventStoreServerVersion(STAND_IN_VERSION);
    answer(null, methods);
  };

  readonly #append = async (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): Promise<void> => {
    this.seen.push({ call: "append", headers: call.metadata.getMap() });
    const append = await appendOf(call);
    const trouble = this.troubles.shift();
    if (trouble === "hangs") return;
    if (trouble === "lost after") answerAppend(this.log, append, this.maxAppendBytes, () => {});
    if (trouble === "lost before" || trouble === "lost after") answer(failure("unavailable", this.#port));
    else if (trouble) answer(failure(trouble, this.#port));
    else answerAppend(this.log, append, this.maxAppendBytes, answer);
  };

  readonly #read = (call: ServerWritableStream<ReadReq, ReadResp>): void => {
    this.seen.push({ call: "read", headers: call.metadata.getMap() });
    if (!call.request.getOptions()?.hasSubscription()) return void answerRead(this.log, call);
    this.#subscriptions.add(call);
    const end = subscribe(this.log, call);
    for (const event of ["cancelled", "close", "error"]) {
      call.on(event, () => {
        this.#subscriptions.delete(call);
        end();
      });
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.halt();
  }
}

function notOffered(...args: unknown[]): void {
  const answer = args.at(-1);
  if (typeof answer === "function") answer(failure("denied", 0));
}
