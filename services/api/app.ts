import { Hono } from "hono";
import { Type } from "typebox";
import { ADMINISTRATOR } from "./auth/caller.ts";
import { consoleServer } from "./console/serve-console.ts";
import type { ApiDeps } from "./deps.ts";
import { type Held, hold } from "./held.ts";
import { mount } from "./mount.ts";
import { openApiOf } from "./openapi.ts";
import { fail, problemResponse } from "./problems.ts";
import type { Rates } from "./rate-limits.ts";
import { ok, type Route, route } from "./route.ts";
import { routes as apiRoutes } from "./routes/all.ts";
import { securityHeaders } from "./security-headers.ts";

export interface Api extends AsyncDisposable {
  readonly app: Hono;
  /** Every route, the OpenAPI document's own included. */
  readonly routes: readonly Route[];
  /** A code that signs one browser in: for the link that is printed at the start. */
  issueSignInCode(): string;
  /** Open live connections. */
  liveClients(): number;
}

/** Everything that is reached over HTTP. Disposing of it ends the live connections. */
export function createApp(deps: ApiDeps, rates?: Rates): Api {
  const held: Held = hold(deps, rates);
  const routes = withDocument(apiRoutes, deps.version);
  const app = new Hono();
  app.use(securityHeaders);
  for (const each of routes) mount(app, each, deps, held);
  // Whoever was removed stops hearing at once, too.
  const stopListening = deps.people.whenChanged(() => held.live.look());
  const serveConsole = consoleServer(deps.consoleDir);
  const allowed = methodsOf(routes);
  app.notFound((context) => {
    const { path, method } = context.req;
    const methods = allowed(path);
    if (methods.length > 0) {
      return problemResponse(
        fail(405, "method_not_allowed", `${method} is not possible here.`, {
          hint: `Use ${methods.join(" or ")}.`,
          headers: { allow: methods.join(", ") },
        }),
      );
    }
    if (/^\/(api|v1)(\/|$)/.test(path)) {
      return problemResponse(fail(404, "not_found", "There is no such route.", { hint: "All routes are listed in /api/v1/openapi.json." }));
    }
    if (method !== "GET" && method !== "HEAD") {
      return problemResponse(
        fail(405, "method_not_allowed", `${method} is not possible here.`, { hint: "Use GET.", headers: { allow: "GET, HEAD" } }),
      );
    }
    return serveConsole(context);
  });
  return {
    app,
    routes,
    issueSignInCode: () => held.sessions.issueCode(ADMINISTRATOR).code,
    liveClients: () => held.live.clients,
    async [Symbol.asyncDispose]() {
      stopListening();
      await held.live[Symbol.asyncDispose]();
    },
  };
}

/** The document describes itself, too. */
function withDocument(others: readonly Route[], version: string): readonly Route[] {
  const routes: Route[] = [...others];
  routes.push(
    route({
      id: "read_openapi",
      method: "get",
      path: "/api/v1/openapi.json",
      summary: "This document.",
      access: "open",
      answer: Type.Object({}),
      handle: () => ok(document),
    }),
  );
  const document = openApiOf(routes, version);
  return routes;
}

/** Which methods a path takes, whatever its parameters. */
function methodsOf(routes: readonly Route[]): (path: string) => string[] {
  const patterns = routes.map(({ path, method }) => ({
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    method,
  }));
  return (path) => {
    const methods = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method.toUpperCase());
    return methods.includes("GET") ? [...methods, "HEAD"] : methods;
  };
}
