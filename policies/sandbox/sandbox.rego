# METADATA
# title: Sandbox
# description: How well an agent's tools must be shut in, by what they do and by how much the agent may do alone.
# custom:
#   page: sandbox.md
package andon.policies.sandbox

# METADATA
# title: The actions that this policy covers
actions := {"tool.call"}

settings := data.settings.sandbox

ready if is_object(settings.by_class)

# How well the agent is shut in: 0 not at all, 1 in a sandbox, 2 in one whose network is cut or restricted, 3 and attested.
enclosure := 3 if {
	enclosed
	input.context.sandbox.network in {"none", "restricted"}
	input.context.sandbox.attested == true
} else := 2 if {
	enclosed
	input.context.sandbox.network in {"none", "restricted"}
} else := 1 if {
	enclosed
} else := 0

# `kind` is free text of the agent: what says that there is none counts as none.
enclosed if not lower(input.context.sandbox.kind) in {"", "none", "off", "disabled", "host", "no"}

level := format_int(input.agent.autonomy.level, 10) if input.agent.autonomy.state in {"active", "probation"}

else := "none"

# METADATA
# title: How well this call must be shut in
needed := max({0, settings.by_class[input.resource.class]} | by_level)

# Only what runs, writes or reaches out needs it, however much the agent may do alone.
by_level := {settings.by_level[level]} if {
	input.resource.class != "read"
	settings.by_level[level]
} else := set()

# METADATA
# title: What this call lacks
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
	"rule": "sandbox_required",
	"reason": "This call must run in a sandbox; start the agent in one, and let it report the sandbox.",
} if {
	needed > 0
	enclosure == 0
}

findings contains {
	"effect": "deny",
	"rule": "sandbox_network_open",
	"reason": "This call must run in a sandbox whose network is cut or restricted; restrict the sandbox's network.",
} if {
	needed > 1
	enclosure == 1
}

findings contains {
	"effect": "deny",
	"rule": "sandbox_not_attested",
	"reason": "This call must run in a sandbox that is attested; start the agent through a runtime that attests its sandbox.",
} if {
	needed > 2
	enclosure == 2
}
