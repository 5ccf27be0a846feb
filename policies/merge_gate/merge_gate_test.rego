package andon.policies.merge_gate_test

import data.andon.lib.defaults
import data.andon.policies.merge_gate

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["merge_gate"]),
	{"merge_gate": object.union(object.remove(defaults.settings.merge_gate, [key]), {key: value})},
)

sha := "4f1c2d7a9b0e4f1c2d7a9b0e4f1c2d7a9b0e4f1c"

passed := {"suite": "core", "sha": sha, "verdict": "passed", "at": "2026-11-20T10:00:00Z"}

person := {"level": 4, "state": "probation"}

alone := {"level": 4, "state": "active"}

code := {"sha": sha, "paths": ["src/a.ts"], "class": "bug", "added": 10}

papers := {"sha": sha, "paths": ["README.md"], "class": "chore"}

money := {"sha": sha, "paths": ["payments/a.ts"], "class": "bug"}

found(resource, holdback, autonomy, settings) := out if {
	out := merge_gate.findings with data.settings as settings
		with input as {"action": {"name": "change.merge"}, "resource": resource, "agent": {"autonomy": autonomy}, "state": {"holdback": holdback}}
}

said(resource, holdback, autonomy) := {$"{one.effect} {one.rule}" | some one in found(resource, holdback, autonomy, defaults.settings)}

test_a_passed_verdict_for_this_commit_opens_the_gate_for_people if {
	said(code, passed, person) == {"require_approval approvals_of_tier"}
	said(papers, null, person) == set()
	said(papers, passed, person) == set()
}

test_a_missing_verdict_denies if {
	said(code, null, person) == {"deny holdback_missing", "require_approval approvals_of_tier"}
	"deny holdback_missing" in said(code, null, alone)
}

test_a_verdict_is_bound_to_its_commit if {
	other := object.union(passed, {"sha": "0000000"})
	"deny holdback_stale" in said(code, other, alone)
	"deny holdback_stale" in said(code, object.union(passed, {"verdict": "stale"}), alone)
	"deny holdback_stale" in said(code, object.union(passed, {"verdict": "almost"}), alone)
	"deny holdback_stale" in said(code, object.union(passed, {"sha": substring(sha, 0, 7)}), alone)
}

test_a_failed_verdict_denies_whatever_the_tier if {
	failed := object.union(passed, {"verdict": "failed"})
	"deny holdback_failed" in said(code, failed, alone)
	"deny holdback_failed" in said(papers, failed, alone)
}

test_no_approval_lifts_the_gate if {
	every holdback in [null, object.union(passed, {"sha": "0"}), object.union(passed, {"verdict": "failed"})] {
		some one in found(code, holdback, alone, defaults.settings)
		one.effect == "deny"
		one.hard
	}
}

test_approvals_follow_the_tier if {
	[one.approval | some one in found(code, passed, person, defaults.settings)] == [{"class": "change_merge", "quorum": 1, "roles": ["approver", "lead"], "expiresMinutes": 2880}]
	[one.approval | some one in found(money, passed, person, defaults.settings)] == [{"class": "change_merge", "quorum": 2, "roles": ["lead"], "expiresMinutes": 2880}]
	[one.approval.quorum | some one in found(papers, passed, person, with_setting("approvals_by_tier", {"0": 3}))] == [3]
	"deny tier_unknown" in {$"{one.effect} {one.rule}" | some one in found(code, passed, person, with_setting("approvals_by_tier", {"0": 0}))}
}

test_a_change_cannot_name_itself_harmless if said(object.union(money, {"riskTier": 0}), null, person) == {"deny holdback_missing", "require_approval approvals_of_tier"}

test_level_4_merges_small_changes_itself if {
	said(code, passed, alone) == {"warn sampled_review"}
	said(money, passed, alone) == {"require_approval approvals_of_tier"}
	said(code, passed, {"level": 3, "state": "active"}) == {"require_approval approvals_of_tier"}
	some one in found(code, passed, alone, defaults.settings)
	one.obligations == [{"kind": "sampled_review", "percent": 10}]
}

test_it_covers_merges if merge_gate.actions == {"change.merge"}

test_without_settings_nothing_passes if {
	some one in merge_gate.findings with input as {"resource": code, "state": {"holdback": passed}} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
