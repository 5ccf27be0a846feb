# METADATA
# title: Merge gate
# description: A change merges only with a passed holdback verdict for exactly its commit, and with the approvals of its risk tier.
# custom:
#   page: merge_gate.md
package andon.policies.merge_gate

import data.andon.policies.risk

# METADATA
# title: The actions that this policy covers
actions := {"change.merge"}

settings := data.settings.merge_gate

ready if is_object(settings.approvals_by_tier)

holdback := input.state.holdback

judged if is_object(holdback)

this_commit if holdback.sha == input.resource.sha

decided if holdback.verdict in {"passed", "failed"}

# The gate is binary: nothing but a passed verdict for this very commit opens it.
needs_holdback if risk.tier >= settings.holdback_from_tier

# Where no tier can be told, the verdict is needed.
needs_holdback if not risk.tier

# METADATA
# title: What keeps the change from merging
findings contains refuse("settings_missing", "The settings of this policy are missing, so no change can merge; the platform team must restore them.") if {
	not ready
}

findings contains refuse("holdback_missing", "There is no holdback verdict for this change; run the holdback suite on its latest commit and ask again.") if {
	needs_holdback
	not judged
}

findings contains refuse("holdback_stale", "The holdback verdict is for another commit; run the holdback suite on the latest commit and ask again.") if {
	needs_holdback
	judged
	not this_commit
}

findings contains refuse("holdback_stale", "The holdback verdict is out of date; run the holdback suite on the latest commit and ask again.") if {
	needs_holdback
	this_commit
	not decided
}

# A failed verdict counts whatever the tier: who has it cannot merge by declaring the change harmless.
findings contains refuse("holdback_failed", "The holdback suite failed for this commit; mend the change and run the suite again, for its cases cannot be shown.") if {
	this_commit
	holdback.verdict == "failed"
}

refuse(rule, reason) := {"effect": "deny", "rule": rule, "reason": reason, "hard": true}

findings contains {
	"effect": "require_approval",
	"rule": "approvals_of_tier",
	"reason": "A change of this risk tier needs the approval of people who did not write it; ask them in the approvals inbox.",
	"approval": {"class": "change_merge", "quorum": needed, "roles": roles, "expiresMinutes": settings.approval_minutes},
} if {
	needed > 0
	not unattended
}

counted if is_number(needed)

needed := settings.approvals_by_tier[format_int(risk.tier, 10)]

findings contains refuse("tier_unknown", "No rule says how many approvals this change needs, because its risk tier cannot be told; send its paths, size and class.") if {
	ready
	not counted
}

roles := ["approver", "lead"] if {
	risk.tier < 3
} else := ["lead"]

# An agent that has shown it (level 4, beyond its trial time) merges small changes itself: a sample of them is reviewed.
unattended if {
	input.agent.autonomy.level >= 4
	input.agent.autonomy.state == "active"
	risk.tier <= settings.unattended_up_to_tier
	holdback.verdict == "passed"
	this_commit
}

findings contains {
	"effect": "warn",
	"rule": "sampled_review",
	"reason": "The agent merges this change itself; a sample of such changes is reviewed by people afterwards.",
	"obligations": [{"kind": "sampled_review", "percent": settings.sample_percent}],
} if {
	needed > 0
	unattended
}
