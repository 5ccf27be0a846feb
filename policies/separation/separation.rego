# METADATA
# title: Separation of duties
# description: Four eyes. Who wrote a change does not approve it, and no agent decides about what steers agents.
# custom:
#   page: separation.md
package andon.policies.separation

import data.andon.policies.risk
import data.andon.policies.tool_calls

# METADATA
# title: The actions that this policy covers
actions := {"tool.call", "change.merge"}

settings := data.settings.separation

ready if is_array(settings.agent_configuration)

author := input.resource.author

# METADATA
# title: Where a second pair of eyes is missing
findings contains {
	"effect": "deny",
	"rule": "settings_missing",
	"hard": true,
	"reason": "The settings of this policy are missing, so nothing can be judged; the platform team must restore them.",
} if {
	not ready
}

findings contains {
	"effect": "deny",
	"rule": "author_unknown",
	"hard": true,
	"reason": "The change does not say who wrote it, so nobody can be told apart from its author; send the author.",
} if {
	input.action.name == "change.merge"
	not author.id
}

findings contains {
	"effect": "warn",
	"rule": "author_never_approves",
	"reason": "Whoever wrote this change may not approve it; somebody else must.",
	"obligations": [{"kind": "exclude_approver", "actor": author.id, "actorKind": author.kind}],
} if {
	input.action.name == "change.merge"
	author.id
}

findings contains {
	"effect": "deny",
	"rule": "agent_configuration",
	"hard": true,
	"reason": "The change touches what steers agents, and an agent wrote it or wants to merge it; a person must write and merge such a change.",
} if {
	touches_configuration
	author.kind == "agent"
}

findings contains {
	"effect": "require_approval",
	"rule": "agent_configuration",
	"reason": "The change touches what steers agents (instructions, hooks, policies, holdback cases); two people who know the policies must approve it.",
	"approval": {"class": "agent_configuration", "quorum": settings.configuration_approvals, "roles": ["policy_engineer"], "expiresMinutes": settings.approval_minutes},
} if {
	touches_configuration
	author.kind != "agent"
}

touches_configuration if {
	input.action.name == "change.merge"
	some path in input.resource.paths
	risk.touches(path, settings.agent_configuration)
}

findings contains {
	"effect": "deny",
	"rule": "agent_approves",
	"hard": true,
	"reason": "An agent may not approve a change, neither its own nor another agent's; leave comments, and let a person approve.",
} if {
	input.action.name == "tool.call"
	approves
}

approves if {
	some name in ["gh", "glab"]
	some args in tool_calls.called[name]
	some arg in args
	arg in {"--approve", "-a", "approve"}
	some word in args
	word in {"review", "approve"}
}

approves if {
	input.resource.class == "other"
	some name in settings.approving_tools
	endswith(lower(input.resource.tool), name)
}
