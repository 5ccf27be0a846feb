package andon.decision

# Policies for tests: they judge tool calls and merges, and misbehave when the action asks for it.

result := answer if not misbehaving

result := {"findings": "none"} if input.action.name == "test.wrong_shape"

result := count({[x, y, z] | some x in many; some y in many; some z in many}) if input.action.name == "test.memory"

# Takes long and little memory: looks for the same text again and again.
result := [x | some x in many; some _ in many; contains(input.resource.text, "not there")] if input.action.name == "test.time"

result := answer if {
	input.action.name == "test.echo"
}

misbehaving if startswith(input.action.name, "test.")

many := numbers.range(1, 400)

answer := {"findings": findings, "covered_by": covered}

covered contains "tools" if input.action.name in {"tool.call", "test.echo"}

covered contains "gate" if input.action.name == "change.merge"

findings contains finding("deny", "destructive_command", "It deletes files for good; delete single files instead.") if {
	regex.match(`\brm\s+-rf\b`, input.resource.command)
}

findings contains object.union(finding("deny", "forbidden_tool", "This tool is not to be used."), {"hard": true}) if {
	input.resource.tool in data.settings.tools.forbidden
}

findings contains object.union(
	finding("require_approval", "install", "It installs a package; a person has to agree."),
	{"approval": {"class": "install", "quorum": 1, "roles": ["lead"], "expiresMinutes": 60}},
) if {
	input.resource.class == "install"
}

findings contains finding("warn", "network", "It reaches the network.") if input.resource.class == "network"

findings contains object.union(finding("warn", "echo", "For tests."), {"obligations": [{"kind": "echo", "input": input, "data": data.settings}]}) if {
	input.action.name == "test.echo"
}

findings contains object.union(finding("deny", "session_denied", "Too many of this session's requests were denied."), {"hard": true}) if {
	input.session.denials >= 3
}

finding(effect, rule, reason) := {"policy": "tools", "effect": effect, "rule": rule, "reason": reason}
