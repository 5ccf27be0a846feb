import type { BundleList, PolicyDetail, PolicyList, PolicySummary, SettingRefusal, SettingsChange } from "../../schemas/policy-api.ts";
import type { PolicySettings } from "../../schemas/policy-settings.ts";
import type { Outcome, PolicyDesk, PolicyPlace } from "../api/deps.ts";
import type { PolicyAnswer, PolicyBook } from "../decide/policy-book.ts";
import type { DecisionScope } from "../domain/decision/input.ts";
import { profileOf } from "../domain/decision/policy-page.ts";
import type { SettingFault } from "../domain/decision/settings.ts";
import type { PolicyBundle } from "../ports/policy-bundle.ts";
import { bundleHistory } from "./bundle-history.ts";
import type { BundleTexts } from "./bundle-texts.ts";
import type { Decisions } from "./decisions.ts";
import { draftBundle } from "./policy-drafts.ts";

/** Policies for people: what they say, what they are set to, and which bundle decides. */
export function makePolicyDesk({ deps, workshop }: Pick<Decisions, "deps" | "workshop">): PolicyDesk {
  const { book, org } = deps;
  const { texts, impacts } = workshop;

  async function active(): Promise<{ bundle: PolicyBundle; files: BundleTexts } | null> {
    const { active: digest } = book.places;
    const bundle = digest === null ? null : await book.shelf.take(digest);
    const files = bundle && (await texts(bundle.digest));
    return bundle && files ? { bundle, files } : null;
  }

  async function detail(name: string, at: PolicyPlace): Promise<PolicyDetail | null> {
    const found = await active();
    const declared = found?.bundle.policies.find(({ policy }) => policy === name);
    if (!found || !declared) return null;
    const { bundle, files } = found;
    const { settings } = book.settings.effective(bundle.digest, bundle.policies, placeOf(org.name, at));
    return {
      ...summaryOf(declared, files),
      bundle: bundle.digest,
      page: files.get(`${name}/${name}.md`) ?? "",
      sources: [...files].filter(([path]) => path.startsWith(`${name}/`) && path.endsWith(".rego")).map(([path, text]) => ({ path, text })),
      place: { org: org.name, department: at.department ?? null, team: at.team ?? null, repo: at.repo ?? null },
      effective: { ...settings[name] },
      set: book.settings.all().flatMap(({ scope, settings: set }) => {
        const values = set[name] ?? {};
        return Object.keys(values).length > 0 ? [{ scope, values }] : [];
      }),
    };
  }

  return {
    async list(): Promise<PolicyList> {
      const found = await active();
      const { active: digest, canary, shadow } = book.places;
      const items = found ? found.bundle.policies.map((each) => summaryOf(each, found.files)) : [];
      return { org: org.name, active: digest, canary: canary && { ...canary, teams: [...canary.teams] }, shadow, items };
    },
    get: detail,
    async set(name, change, by) {
      const { scope, values, reason } = change;
      const place = around(org.name, change);
      if (scope.kind === "org" && scope.name !== org.name)
        return { kind: "invalid", reason: `the organisation's scope is called ${org.name}`, at: "/scope/name" };
      const answer = await book.set(scope, place, name, values, by, reason);
      if (answer.kind === "refused") return refusalOf(answer, book, place, name, change);
      const shown = await detail(name, { ...change.within, ...(scope.kind !== "org" && { [scope.kind]: scope.name }) });
      return shown ? { kind: "ok", value: shown } : { kind: "not_found", reason: "there is no such policy in the active bundle" };
    },
    bundles: () => bundleHistory(book),
    draft: (draft, by) => draftBundle({ ...workshop, book }, draft, by),
    async place(digest, { reason, ...placement }, by) {
      return listed(await book.place(digest, placement, by, reason), book);
    },
    rollBack: async (reason, by) => listed(await book.rollBack(reason, by), book),
    impact: (digest) => impacts.get(digest),
    async measure(digest, { from, to }) {
      const [start, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
      if (start >= end) return { kind: "invalid", reason: "the period must begin before it ends", at: "/from" };
      const started = await impacts.start(digest, { from: start, to: end });
      if (started.kind === "started") return { kind: "ok", value: started.run };
      return { kind: started.kind === "busy" ? "conflict" : "not_found", reason: started.reason };
    },
  };
}

async function listed(answer: PolicyAnswer, book: PolicyBook): Promise<Outcome<BundleList>> {
  if (answer.kind === "refused") return { kind: "conflict", reason: answer.reason };
  return { kind: "ok", value: await bundleHistory(book) };
}

function summaryOf({ policy, title, settings }: PolicySettings, files: BundleTexts): PolicySummary {
  const { description, actions, rules } = profileOf(policy, files);
  return {
    name: policy,
    title,
    description,
    actions: [...actions],
    rules: rules.map((rule) => ({ ...rule })),
    settings: Object.entries(settings).map(([name, declaration]) => ({ name, ...declaration })),
  };
}

const placeOf = (org: string, { department, team, repo }: PolicyPlace): DecisionScope => ({
  org,
  department: department ?? null,
  // Every decision has a team; a place without one is none that anybody sets anything for.
  team: team ?? "",
  repo: repo ?? null,
  feature: null,
});

/** Where a scope lies, itself included. */
const around = (org: string, { scope, within = {} }: SettingsChange): DecisionScope =>
  placeOf(org, { ...within, ...(scope.kind !== "org" && { [scope.kind]: scope.name }) });

function refusalOf(
  { reason, faults }: Extract<PolicyAnswer, { kind: "refused" }>,
  book: PolicyBook,
  place: DecisionScope,
  policy: string,
  { scope }: SettingsChange,
): Awaited<ReturnType<PolicyDesk["set"]>> {
  if (!faults) return { kind: "not_found", reason };
  const wider = book.settings.chain(place, scope.kind);
  const refusals = faults.map(({ setting, message }: SettingFault): SettingRefusal => {
    const set = wider.findLast(({ settings }) => Object.hasOwn(settings[policy] ?? {}, setting));
    return { setting, message, around: { scope: set?.scope ?? null, value: set?.settings[policy]?.[setting] ?? null } };
  });
  return { kind: "refused", reason, refusals };
}
