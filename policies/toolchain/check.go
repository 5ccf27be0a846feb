package main

import (
	"encoding/json"
	"maps"
	"path"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// check parses and compiles everything in strict mode, tests included, with the capabilities of the runtime.
func check(q *question) answer {
	modules, problems := parse(q.Files, testCapabilities())
	problems = append(problems, dataProblems(q.Files)...)
	if len(problems) == 0 {
		data, err := dataOf(q.Files)
		if err != nil {
			return answer{Problems: problemsOf(err, q.Files)}
		}
		// The compiler rewrites what it is given: the outline is taken from untouched modules.
		compiler := compilerFor(data)
		if compiler.Compile(copied(modules)); compiler.Failed() {
			problems = problemsOf(compiler.Errors, q.Files)
		}
	}
	if len(problems) > 0 {
		return answer{Problems: problems}
	}
	view, err := outlineOf(q.Files, modules)
	if err != nil {
		return answer{Problems: problemsOf(err, q.Files)}
	}
	return answer{Value: map[string]any{"outline": view, "warnings": append(warnings(q.Files, view), unordered(q.Files, modules)...)}}
}

// mostErrors are told at once.
const mostErrors = 100

// compilerFor is strict, knows what the runtime can do, and refuses a rule in a place where there is data. The tests use it
// too: no test passes on a policy that cannot be built.
func compilerFor(data map[string]any) *ast.Compiler {
	return ast.NewCompiler().WithCapabilities(testCapabilities()).WithStrict(true).WithDefaultRegoVersion(ast.RegoV1).
		WithEnablePrintStatements(true).SetErrorLimit(mostErrors).WithPathConflictsCheck(func(path []string) (bool, error) {
		var at any = data
		for _, key := range path {
			object, ok := at.(map[string]any)
			if !ok {
				return false, nil
			}
			if at, ok = object[key]; !ok {
				return false, nil
			}
		}
		return true, nil
	})
}

func copied(modules map[string]*ast.Module) map[string]*ast.Module {
	out := make(map[string]*ast.Module, len(modules))
	for name, module := range modules {
		out[name] = module.Copy()
	}
	return out
}

// dataProblems finds data files that the bundle would drop or that are no JSON object.
func dataProblems(files map[string]string) []problem {
	var found []problem
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if isRego(name) {
			continue
		}
		if base := path.Base(name); base != "data.json" {
			found = append(found, problem{Code: "unknown_file", File: name, Message: "a bundle holds Rego and data.json only",
				Hint: "Rename it to data.json; its folder is its place under data."})
			continue
		}
		var value map[string]json.RawMessage
		if err := json.Unmarshal([]byte(files[name]), &value); err != nil {
			found = append(found, problem{Code: "bad_data", File: name, Message: "the data is not a JSON object: " + err.Error()})
		}
	}
	return found
}

// warnings are what a careful author puts right: policies without a page of their own, and files that are not formatted.
func warnings(files map[string]string, view outline) []problem {
	found := []problem{}
	for _, pkg := range untitled(view) {
		at := firstRule(view, pkg)
		found = append(found, problem{Code: "no_metadata", Message: pkg + " has no METADATA with a title", File: at.File, Line: at.Line, Column: 1,
			Source: sourceLine(files[at.File], at.Line),
			Hint:   "Put \"# METADATA\" and \"# title: …\" above the package or its rules: the console shows it."})
	}
	for _, name := range slices.Sorted(maps.Keys(view.formatted)) {
		if view.formatted[name] != files[name] {
			found = append(found, problem{Code: "not_formatted", Message: "the file is not formatted", File: name,
				Hint: "Run: ./andon policy fmt --write"})
		}
	}
	return found
}

// untitled packages have rules that are no tests, and neither they nor any of their rules has a title.
func untitled(view outline) []string {
	silent := map[string]bool{}
	for _, rule := range view.Rules {
		if !isTest(rule.File) {
			silent[rule.Package] = true
		}
	}
	for _, rule := range view.Rules {
		for _, a := range view.Annotations {
			if a.Title != "" && (a.Path == rule.Path || a.Path == rule.Package) {
				delete(silent, rule.Package)
			}
		}
	}
	return slices.Sorted(maps.Keys(silent))
}

func firstRule(view outline, pkg string) ruleView {
	return view.Rules[slices.IndexFunc(view.Rules, func(r ruleView) bool { return r.Package == pkg && !isTest(r.File) })]
}

// unordered finds texts joined from a set that is written in place: tests join them in order, the runtime does not.
func unordered(files map[string]string, modules map[string]*ast.Module) []problem {
	found := []problem{}
	look := func(name string, operator *ast.Term, operands []*ast.Term) {
		if !operator.Equal(ast.NewTerm(ast.Concat.Ref())) || len(operands) < 2 {
			return
		}
		switch operands[1].Value.(type) {
		case ast.Set, *ast.SetComprehension:
			at := operator.Location
			found = append(found, problem{Code: "unordered", Message: "concat over a set has another order in decisions than in tests", File: name,
				Line: at.Row, Column: at.Col, Source: sourceLine(files[name], at.Row), Hint: "Sort it first: concat(\", \", sort(…))."})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		if isTest(name) {
			continue
		}
		ast.WalkNodes(modules[name], func(node ast.Node) bool {
			switch x := node.(type) {
			case *ast.Expr:
				if x.IsCall() {
					look(name, x.OperatorTerm(), x.Operands())
				}
			case *ast.Term:
				if call, ok := x.Value.(ast.Call); ok {
					look(name, call[0], call[1:])
				}
			}
			return false
		})
	}
	return found
}
