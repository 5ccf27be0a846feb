import type { BaseOptions, EventStoreDBClient } from "@eventstore/db-client";
import features from "@eventstore/db-client/generated/serverfeatures_grpc_pb.js";
import type { SupportedMethods } from "@eventstore/db-client/generated/serverfeatures_pb.js";
import shared from "@eventstore/db-client/generated/shared_pb.js";
import streams from "@eventstore/db-client/generated/streams_grpc_pb.js";
import type { AppendReq, AppendResp, ReadReq, ReadResp } from "@eventstore/db-client/generated/streams_pb.js";
import type { CallOptions, Channel, Client, ClientReadableStream, Metadata, ServiceError } from "@grpc/grpc-js";
import { clientFor } from "./connection-string.ts";

/**
 * What we use of the client beyond its public face. Its public reads parse JSON and cannot filter pages, its public append
 * parses JSON too and shares one table of open batches among all clients of a process. So we take from it what it is good
 * at (finding and following the leader, TLS, credentials, keep-alive) and speak the protocol it ships ourselves.
 */
interface Inside {
  execute<Result>(service: unknown, name: string, action: (client: never) => Promise<Result>): Promise<Result>;
  GRPCStreamCreator<Stream>(service: unknown, name: string, create: (client: never) => Stream): () => Promise<Stream>;
  callArguments(options: BaseOptions, call?: CallOptions): [Metadata, CallOptions];
}

/** A read within one stream, which is indexed. */
export const STREAM_DEADLINE_MS = 60_000;
/** A filtered read of the whole log: the server may have to look at all of it to find one event. */
export const SCAN_DEADLINE_MS = 600_000;

export type ReadCall = ClientReadableStream<ReadResp>;

/** Every call has a deadline (an append that of the connection string, ten seconds by default) and goes to the leader. */
export class Connection implements AsyncDisposable {
  readonly #client: EventStoreDBClient;
  readonly #inside: Inside;
  #channel: Channel | null = null;

  constructor(connectionString: string) {
    this.#client = clientFor(connectionString);
    this.#inside = this.#client as unknown as Inside;
  }

  append(messages: readonly AppendReq[]): Promise<AppendResp> {
    return this.#inside.execute(streams.StreamsClient, "append", (client: InstanceType<typeof streams.StreamsClient>) => {
      this.#remember(client);
      const { promise, resolve, reject } = Promise.withResolvers<AppendResp>();
      const call = client.append(
        ...this.#inside.callArguments({ requiresLeader: true }),
        (error: ServiceError | null, response?: AppendResp) => (error || !response ? reject(error) : resolve(response)),
      );
      call.on("error", reject);
      for (const message of messages) call.write(message);
      call.end();
      return promise;
    });
  }

  /** Hands over each response until the last one, or until `take` says that it is enough. */
  async read(request: ReadReq, deadline: number, take: (response: ReadResp) => boolean): Promise<void> {
    const call = await this.#start(request, { deadline: Date.now() + deadline });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    call.on("data", (response: ReadResp) => {
      if (!take(response)) return;
      resolve();
      call.removeAllListeners("data");
      call.cancel();
    });
    call.on("error", reject);
    call.on("end", resolve);
    return promise;
  }

  /** A call that goes on until it is cancelled. Keep-alive pings notice when the other side is gone. */
  subscribe(request: ReadReq): Promise<ReadCall> {
    return this.#start(request, { deadline: Number.POSITIVE_INFINITY });
  }

  #start(request: ReadReq, options: CallOptions): Promise<ReadCall> {
    return this.#inside.GRPCStreamCreator(streams.StreamsClient, "read", (client: InstanceType<typeof streams.StreamsClient>) => {
      this.#remember(client);
      return client.read(request, ...this.#inside.callArguments({ requiresLeader: true }, options));
    })();
  }

  serverVersion(): Promise<string> {
    return this.#inside.execute(features.ServerFeaturesClient, "version", (client: InstanceType<typeof features.ServerFeaturesClient>) => {
      this.#remember(client);
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      client.getSupportedMethods(
        new shared.Empty(),
        ...this.#inside.callArguments({}),
        (error: ServiceError | null, methods?: SupportedMethods) =>
          error || !methods ? reject(error) : resolve(methods.getEventStoreServerVersion()),
      );
      return promise;
    });
  }

  #remember(client: Client): void {
    this.#channel = client.getChannel() as Channel;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.dispose();
    this.#channel?.close();
  }
}
