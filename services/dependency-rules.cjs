/** The import rules of the layout, checked by `./andon test`. Each rule says what its folder may reach. */

const useCases = [
  "agents",
  "approvals",
  "attribution",
  "autonomy",
  "budgets",
  "collect",
  "cost",
  "decide",
  "holdback",
  "hooks",
  "ingest",
  "line",
  "people",
  "privacy",
  "project",
  "quarantine",
];
const others = (name) => useCases.filter((each) => each !== name).join("|");
const tests = "[.]test[.]ts$|^services/testing/|^bench/";

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    forbid("no-cycles", "A cycle has no first file to read.", {}, { circular: true }),
    forbid(
      "schemas-stand-alone",
      "Schemas import nothing of ours.",
      { path: "^schemas/", pathNot: tests },
      { path: "^(services|dashboards|bench)/" },
    ),
    forbid(
      "domain-is-pure",
      "The domain knows schemas and itself. Hashing and canonical JSON are arithmetic; files, clocks, sockets and randomness are not.",
      { path: "^services/domain/", pathNot: tests },
      {
        path: [
          "^services/(?!domain/)",
          "^node_modules/(?!(typebox|canonicalize)/)",
          "^(?!node:crypto$|crypto$)(node:)?(fs|net|http|https|child_process|worker_threads|timers|os|process|dgram|tls)",
        ],
      },
    ),
    forbid(
      "ports-are-types",
      "A port is a promise, not code.",
      { path: "^services/ports/" },
      { path: "^services/", pathNot: "^services/(domain|ports)/" },
    ),
    forbid(
      "ports-import-types-only",
      "A port runs nothing.",
      { path: "^services/ports/" },
      { path: "^services/domain/", dependencyTypesNot: ["type-only"] },
    ),
    ...useCases.map((name) =>
      forbid(
        `${name}-stands-alone`,
        "A use case knows domain, ports and schemas; never another use case, an adapter, the API or the wiring.",
        { path: `^services/${name}/`, pathNot: tests },
        { path: `^services/(${others(name)}|adapters|api|commands|kit|testing|wiring|config)(/|[.])` },
      ),
    ),
    forbid(
      "api-knows-no-adapter",
      "Routes translate; wiring chooses engines.",
      { path: "^services/api/", pathNot: tests },
      { path: "^services/(adapters|commands|testing|wiring)" },
    ),
    forbid(
      "adapters-stand-alone",
      "An adapter knows its port and its driver.",
      { path: "^services/adapters/([^/]+)/", pathNot: tests },
      { path: "^services/", pathNot: "^services/(ports|domain|adapters/$1)/" },
    ),
    forbid(
      "only-wiring-names-adapters",
      "One place chooses the engines.",
      { path: "^services/", pathNot: [tests, "^services/(wiring|adapters/)", "^services/wiring/"] },
      { path: "^services/adapters/" },
    ),
    forbid(
      "tests-are-not-shipped",
      "Test helpers are imported by tests only.",
      { path: "^(services|schemas)/", pathNot: [tests, "^services/commands/test[.]ts$"] },
      { path: "^services/testing/" },
    ),
    forbid(
      "console-takes-types-only",
      "The console shares types with the API and no code.",
      { path: "^dashboards/" },
      { path: "^(services|schemas)/", dependencyTypesNot: ["type-only"] },
    ),
    ...[
      ["node:sqlite", "^(node:)?sqlite$", "sqlite"],
      ["eventstore", "@eventstore/db-client", "eventstore"],
      ["clickhouse", "(@clickhouse/client|/chdb/)", "clickhouse"],
      ["nats", "@nats-io/", "nats"],
      ["opa", "@open-policy-agent/", "opa"],
    ].map(([driver, path, adapter]) =>
      forbid(
        `${driver}-in-its-adapter`,
        "A driver is imported in one folder.",
        { path: "^(services|schemas)/", pathNot: [tests, `^services/adapters/${adapter}/`] },
        { path },
      ),
    ),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    includeOnly: "^(services|schemas|dashboards/src|bench|node_modules|node:|sqlite)",
    exclude: { path: "dashboards/(build|[.]svelte-kit)" },
  },
};
