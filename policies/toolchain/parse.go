package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// deepest nesting that is read; far beyond what a person writes, and shallow enough for every later step.
const deepest = 500

func isRego(path string) bool { return strings.HasSuffix(path, ".rego") }
func isTest(path string) bool { return strings.HasSuffix(path, "_test.rego") }

// parse reads every Rego file, and all of them, so that every broken one is named at once.
func parse(files map[string]string, caps *ast.Capabilities) (map[string]*ast.Module, []problem) {
	modules := map[string]*ast.Module{}
	var problems []problem
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if !isRego(path) {
			continue
		}
		text := files[path]
		if at := tooDeep(text); at > 0 {
			problems = append(problems, problem{Code: "too_deep", File: path, Line: at, Source: sourceLine(text, at),
				Message: "brackets are nested too deeply", Hint: "Split the expression; 500 levels are read."})
			continue
		}
		module, err := ast.ParseModuleWithOpts(path, text, ast.ParserOptions{
			RegoVersion: ast.RegoV1, ProcessAnnotation: true, Capabilities: caps,
		})
		if err != nil {
			problems = append(problems, problemsOf(err, files)...)
			continue
		}
		modules[path] = module
	}
	return modules, problems
}

// tooDeep is the first line on which more brackets are open than are read, or 0. Brackets in strings and comments count
// too: the limit is a guard for what follows, and no such file is written by hand.
func tooDeep(text string) int {
	depth, line := 0, 1
	for _, c := range []byte(text) {
		switch c {
		case '\n':
			line++
		case '(', '[', '{':
			if depth++; depth > deepest {
				return line
			}
		case ')', ']', '}':
			if depth > 0 {
				depth--
			}
		}
	}
	return 0
}
