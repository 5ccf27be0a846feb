package main

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

func formatSource(name, text string) ([]byte, error) {
	return format.SourceWithOpts(name, []byte(text), format.Opts{
		RegoVersion: ast.RegoV1, ParserOptions: &ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true},
	})
}

// formatted gives each Rego file as OPA's formatter writes it.
func formatted(q *question) answer {
	if _, problems := parse(q.Files, nil); len(problems) > 0 {
		return answer{Problems: problems}
	}
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(q.Files)) {
		if !isRego(name) {
			continue
		}
		text, err := formatSource(name, q.Files[name])
		if err != nil {
			return answer{Problems: formatProblems(err, name, q.Files)}
		}
		out[name] = string(text)
	}
	return answer{Value: map[string]any{"files": out}}
}
