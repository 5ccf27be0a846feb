package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/tester"
)

// outline lists what a set of files says, rule by rule.
type outline struct {
	Rules       []ruleView       `json:"rules"`
	Imports     []importView     `json:"imports"`
	Annotations []annotationView `json:"annotations"`
	formatted   map[string]string
}

type ruleView struct {
	Path    string `json:"path"` // data.teams.budget.deny
	Package string `json:"package"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Kind    string `json:"kind"` // rule, function, default
	Test    bool   `json:"test"`
	Text    string `json:"text"` // as the formatter writes it
}

// importView is there because a rule can mean something else although only an import changed.
type importView struct {
	Package string `json:"package"`
	File    string `json:"file"`
	Text    string `json:"text"`
}

type annotationView struct {
	Path             string         `json:"path"`
	Scope            string         `json:"scope"` // rule, document, package, subpackages
	File             string         `json:"file"`
	Line             int            `json:"line"`
	Title            string         `json:"title,omitempty"`
	Description      string         `json:"description,omitempty"`
	Entrypoint       bool           `json:"entrypoint"`
	Organizations    []string       `json:"organizations,omitempty"`
	RelatedResources []string       `json:"relatedResources,omitempty"`
	Custom           map[string]any `json:"custom,omitempty"`
}

func outlined(q *question) answer {
	modules, problems := parse(q.Files, nil)
	if len(problems) > 0 {
		return answer{Problems: problems}
	}
	view, err := outlineOf(q.Files, modules)
	if err != nil {
		return answer{Problems: problemsOf(err, q.Files)}
	}
	return answer{Value: map[string]any{"outline": view}}
}

func outlineOf(files map[string]string, modules map[string]*ast.Module) (outline, error) {
	view := outline{Rules: []ruleView{}, Imports: []importView{}, Annotations: []annotationView{}, formatted: map[string]string{}}
	names := slices.Sorted(maps.Keys(modules))
	for _, name := range names {
		clean, err := formatSource(name, files[name])
		if err != nil {
			return view, err
		}
		view.formatted[name] = string(clean)
		texts, err := ruleTexts(name, string(clean))
		if err != nil {
			return view, err
		}
		for _, each := range modules[name].Imports {
			view.Imports = append(view.Imports, importView{Package: modules[name].Package.Path.String(), File: name, Text: each.String()})
		}
		for i, rule := range modules[name].Rules {
			view.Rules = append(view.Rules, ruleView{
				Path: rulePath(rule), Package: rule.Module.Package.Path.String(), File: name, Line: rule.Loc().Row,
				Kind: kindOf(rule), Test: testName(rule) != "", Text: texts[i],
			})
		}
	}
	list := make([]*ast.Module, 0, len(names))
	for _, name := range names {
		list = append(list, modules[name])
	}
	set, errs := ast.BuildAnnotationSet(list)
	if len(errs) > 0 {
		return view, errs
	}
	for _, ref := range set.Flatten() {
		view.Annotations = append(view.Annotations, annotationOf(ref))
	}
	slices.SortStableFunc(view.Annotations, func(a, b annotationView) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return view, nil
}

// ruleTexts are the rules of a formatted file, in order: two spellings of one rule are the same text.
func ruleTexts(name, clean string) ([]string, error) {
	module, err := ast.ParseModuleWithOpts(name, clean, ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
	if err != nil {
		return nil, err
	}
	out := make([]string, len(module.Rules))
	for i, rule := range module.Rules {
		out[i] = string(rule.Loc().Text)
		if rule.Default { // its location is the word "default" alone
			head, err := format.Ast(rule)
			if err != nil {
				return nil, err
			}
			out[i] = strings.TrimSpace(string(head))
		}
	}
	return out, nil
}

func rulePath(rule *ast.Rule) string {
	ref := rule.Head.Ref()
	named := 1
	for named < len(ref) {
		if _, text := ref[named].Value.(ast.String); !text {
			break
		}
		named++
	}
	return rule.Module.Package.Path.Extend(ref[:named]).String()
}

func kindOf(rule *ast.Rule) string {
	switch {
	case rule.Default:
		return "default"
	case len(rule.Head.Args) > 0:
		return "function"
	default:
		return "rule"
	}
}

// testName is the part of a rule's name that makes it a test (test_… or todo_test_…), or "".
func testName(rule *ast.Rule) string {
	for _, term := range rule.Head.Ref().GroundPrefix() {
		name := ""
		switch v := term.Value.(type) {
		case ast.Var:
			name = string(v)
		case ast.String:
			name = string(v)
		}
		if strings.HasPrefix(name, tester.TestPrefix) || strings.HasPrefix(name, tester.SkipTestPrefix) {
			return name
		}
	}
	return ""
}

func annotationOf(ref *ast.AnnotationsRef) annotationView {
	a := ref.Annotations
	view := annotationView{
		Path: ref.Path.String(), Scope: a.Scope, Title: a.Title, Description: a.Description, Entrypoint: a.Entrypoint,
		Organizations: a.Organizations, Custom: a.Custom,
	}
	if ref.Location != nil {
		view.File, view.Line = ref.Location.File, ref.Location.Row
	}
	for _, each := range a.RelatedResources {
		view.RelatedResources = append(view.RelatedResources, each.Ref.String())
	}
	return view
}
