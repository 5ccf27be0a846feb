package main

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// builtins.txt is the list of what a policy may call. It is written down, not computed, so that a new release of OPA adds
// nothing by itself; the project's tests evaluate every one of them in the runtime that takes decisions.
//
//go:embed builtins.txt
var builtinsText string

func allowedBuiltins() []string {
	var names []string
	for line := range strings.Lines(builtinsText) {
		name, _, _ := strings.Cut(line, "#")
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// capabilities are what policies may use: no network, no clock, no chance, and nothing that the runtime lacks.
func capabilities() *ast.Capabilities {
	caps := ast.CapabilitiesForThisVersion()
	allowed := allowedBuiltins()
	caps.Builtins = slices.DeleteFunc(caps.Builtins, func(b *ast.Builtin) bool { return !slices.Contains(allowed, b.Name) })
	caps.AllowNet = []string{}
	return caps
}

// testCapabilities add what OPA's test runner itself puts into the tests.
func testCapabilities() *ast.Capabilities {
	caps := capabilities()
	for _, b := range ast.CapabilitiesForThisVersion().Builtins {
		if b.Name == ast.InternalPrint.Name || b.Name == ast.InternalTestCase.Name {
			if !slices.ContainsFunc(caps.Builtins, func(have *ast.Builtin) bool { return have.Name == b.Name }) {
				caps.Builtins = append(caps.Builtins, b)
			}
		}
	}
	return caps
}

type exclusion struct{ prefix, why, hint string }

const (
	outside     = "reaches outside of the policy"
	unrepeated  = "answers differently each time, so a decision could not be replayed"
	notThere    = "is not in the runtime that takes decisions"
	differently = "answers differently in tests (Go) and in the runtime that takes decisions (JavaScript)"
	asInput     = "Let the caller put the fact into the input, or keep it in the policy data."
)

// The first entry whose prefix fits is taken.
var exclusions = []exclusion{
	{"http.send", outside, asInput},
	{"net.lookup_ip_addr", outside, asInput},
	{"opa.runtime", outside, asInput},
	{"providers.aws", outside, asInput},
	{"rego.parse_module", notThere, asInput},
	{"time.now_ns", unrepeated, "Take the moment of the decision from the input."},
	{"rand.intn", unrepeated, "Take the number from the input, or leave chance out of the rule."},
	{"uuid.rfc4122", unrepeated, "Take the identifier from the input."},
	{"io.jwt", notThere, "The platform checks credentials before it asks: read the caller's attributes from the input."},
	{"time.", notThere, "Take the parts of the time (nanoseconds, weekday, hour) from the input and compare numbers."},
	{"sprintf", differently, "Use a template string: $\"{input.user} may not {input.action}\"."},
	{"yaml.", differently, "Use JSON: json.unmarshal, json.marshal, json.is_valid."},
	{"regex.split", differently, "Use split with a fixed separator, or regex.find_all_string_submatch_n."},
	{"regex.replace", notThere, "Use replace or strings.replace_n, or regex.find_all_string_submatch_n."},
	{"regex.find_n", notThere, "Use regex.find_all_string_submatch_n and take element 0 of each match."},
	{"strings.any_prefix_match", notThere, "Write: some prefix in prefixes; startswith(text, prefix)."},
	{"strings.any_suffix_match", notThere, "Write: some suffix in suffixes; endswith(text, suffix)."},
	{"strings.count", notThere, "Write: count(split(text, part)) - 1."},
	{"object.subset", notThere, "Compare the keys: every key, value in part { whole[key] == value }."},
	{"numbers.range_step", notThere, "Use numbers.range and filter with the remainder."},
	{"crypto.", notThere, "Let the caller compute the digest or check the signature and put the result into the input."},
	{"units.", notThere, "Keep limits as plain numbers in the smallest unit."},
	{"semver.", notThere, "Let the caller split the version into numbers, or compare arrays of numbers."},
	{"json.", notThere, "Check the shape in rules: object.get, is_string, every."},
	{"graphql.", notThere, asInput},
	{"trace", notThere, "Use print in tests; it is left out of the built policy."},
	{"walk", notThere, asInput},
	{"", notThere, asInput},
}

// whyNot says why a built-in function of OPA is not available here; known is false for a name that OPA does not have.
func whyNot(name string) (why, hint string, known bool) {
	if !slices.ContainsFunc(ast.CapabilitiesForThisVersion().Builtins, func(b *ast.Builtin) bool { return b.Name == name }) {
		return "", "", false
	}
	for _, each := range exclusions {
		if strings.HasPrefix(name, each.prefix) {
			return each.why, each.hint, true
		}
	}
	return "", "", false
}
