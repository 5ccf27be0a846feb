package andon.policies.risk_test

import data.andon.lib.defaults
import data.andon.policies.risk

with_setting(key, value) := object.union(
	object.remove(defaults.settings, ["risk"]),
	{"risk": object.union(object.remove(defaults.settings.risk, [key]), {key: value})},
)

tier(resource) := out if {
	out := risk.tier with input as {"resource": resource} with data.settings as defaults.settings
}

said(resource) := {$"{one.effect} {one.rule}" | some one in found} if {
	found := risk.findings with input as {"resource": resource} with data.settings as defaults.settings
}

change(paths, lines, class) := {"paths": paths, "added": lines, "removed": 0, "class": class}

test_paths if {
	tier(change(["docs/a.md", "README.md"], 10, "chore")) == 0
	tier(change(["src/a.ts"], 10, "bug")) == 1
	tier(change(["README.md", "src/a.ts"], 10, "bug")) == 1
	tier(change(["src/api/a.ts"], 10, "bug")) == 2
	tier(change(["package.json"], 10, "bug")) == 2
	tier(change(["src/payments/fee.ts"], 10, "bug")) == 3
	tier(change(["a/B.SQL"], 10, "bug")) == 3
	tier(change([".github/workflows/ci.yml"], 10, "chore")) == 3
	tier(change(["docs/payments/a.md"], 10, "chore")) == 3
	tier(change(["src/Auth/x.ts"], 10, "bug")) == 3
	tier(change(["CODEOWNERS"], 1, "chore")) == 3
}

test_a_name_is_no_folder if {
	tier(change(["src/payments.ts"], 10, "bug")) == 1
	tier(change(["authors/x.ts"], 10, "bug")) == 1
	tier(change(["sql/x.ts"], 10, "bug")) == 1
}

test_size if {
	tier(change(["src/a.ts"], 399, "bug")) == 1
	tier(change(["src/a.ts"], 400, "bug")) == 2
	tier(change(["src/a.ts"], 1499, "bug")) == 2
	tier(change(["src/a.ts"], 1500, "bug")) == 3
	tier({"paths": ["src/a.ts"], "added": 200, "removed": 200, "class": "bug"}) == 2
	said(change(["src/a.ts"], 20000, "bug")) == {"deny change_too_large"}
}

test_class if {
	tier(change(["README.md"], 1, "feature")) == 1
	tier(change(["README.md"], 1, "security")) == 2
	tier(change(["README.md"], 1, "migration")) == 3
	tier({"paths": ["README.md"]}) == 2
}

test_what_cannot_be_told_is_the_highest_tier if {
	tier({"class": "chore"}) == 3
	tier(change([], 1, "chore")) == 3
	tier(change([concat("", ["docs/", format_int(i, 10), ".md"]) | some i in numbers.range(1, 1001)], 1, "chore")) == 3
}

test_a_change_cannot_name_itself_harmless if {
	low := object.union(change(["src/payments/fee.ts"], 10, "bug"), {"riskTier": 0})
	tier(low) == 3
	said(low) == {"warn tier_raised"}
	some one in risk.findings with input as {"resource": low} with data.settings as defaults.settings
	one.obligations == [{"kind": "risk_tier", "tier": 3}]
	high := object.union(change(["README.md"], 10, "chore"), {"riskTier": 3})
	tier(high) == 3
	said(high) == set()
}

test_it_covers_merges if risk.actions == {"change.merge"}

test_without_settings_nothing_passes if {
	some one in risk.findings with input as {"resource": change(["a.ts"], 1, "bug")} with data.settings as {}
	one.rule == "settings_missing"
	one.effect == "deny"
	one.hard
}
