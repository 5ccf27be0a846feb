# METADATA
# title: Risk of a change
# description: |
#   The risk tier of a change, 0 to 3, from its paths, its size and its class. The merge gate asks by this tier, so a change
#   cannot name itself harmless.
# custom:
#   page: risk.md
package andon.policies.risk

# METADATA
# title: The actions that this policy covers
actions := {"change.merge"}

settings := data.settings.risk

ready if is_object(settings.by_class)

# Working through more paths than this costs more than it tells: such a change is of the highest tier anyway.
many_paths := 1000

paths := object.get(input.resource, "paths", [])

lines := object.get(input.resource, "added", 0) + object.get(input.resource, "removed", 0)

# METADATA
# title: The tier of the change
# description: the highest of what its paths, its size, its class and its author say; 3 where nothing can be told
tier := max({by_paths, by_size, by_class, declared})

declared := object.get(input.resource, "riskTier", 0)

by_class := object.get(settings.by_class, object.get(input.resource, "class", "unknown"), 2)

by_size := 3 if {
	lines >= settings.huge_lines
} else := 2 if {
	lines >= settings.large_lines
} else := 0

by_paths := 3 if {
	count(paths) == 0
} else := 3 if {
	count(paths) > many_paths
} else := 3 if {
	some path in paths
	touches(path, settings.critical_paths)
} else := 2 if {
	some path in paths
	touches(path, settings.sensitive_paths)
} else := 0 if {
	every path in paths {
		touches(path, settings.harmless_paths)
	}
} else := 1

# A list names folders (`payments/`, anywhere in the path), endings (`.sql`) and files (`Dockerfile`); case does not matter.
touches(path, list) if {
	parts := split(lower(path), "/")
	last := count(parts) - 1
	matches(parts, last, list)
}

matches(parts, last, list) if parts[last] in list

matches(parts, last, list) if {
	pieces := split(parts[last], ".")
	count(pieces) > 1
	concat("", [".", pieces[count(pieces) - 1]]) in list
}

matches(parts, last, list) if {
	some i, part in parts
	i < last
	concat("", [part, "/"]) in list
}

matches(parts, last, list) if {
	some i, part in parts
	i < last - 1
	concat("", [part, "/", parts[i + 1], "/"]) in list
}

# METADATA
# title: What the tier brings with it
findings contains {
	"effect": "deny",
	"rule": "settings_missing",
	"hard": true,
	"reason": "The settings of this policy are missing, so no change can be judged; the platform team must restore them.",
} if {
	not ready
}

findings contains {
	"effect": "deny",
	"rule": "change_too_large",
	"reason": "The change is larger than anyone can review; split it into changes that each stand on their own.",
} if {
	lines >= settings.most_lines
}

findings contains {
	"effect": "warn",
	"rule": "tier_raised",
	"reason": "The change touches more than its declared risk tier says, so the higher tier holds; declare the tier that its paths, size and class have.",
	"obligations": [{"kind": "risk_tier", "tier": tier}],
} if {
	input.resource.riskTier < tier
}
