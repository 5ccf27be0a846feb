package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

// problem is one thing that is wrong with the input: what, where, and how to put it right.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`   // 1 is the first
	Column  int    `json:"column,omitempty"` // 1 is the first, in characters
	Source  string `json:"source,omitempty"` // the line it is on
	Hint    string `json:"hint,omitempty"`
	Builtin string `json:"builtin,omitempty"` // the built-in function that is not available
}

const longestSource = 300

var undefinedFunction = regexp.MustCompile(`undefined function ([\w.]+)`)

func problemsOf(err error, files map[string]string) []problem {
	var many ast.Errors
	if errors.As(err, &many) {
		out := make([]problem, 0, len(many))
		for _, each := range many {
			out = append(out, problemOf(each, files))
		}
		return out
	}
	var one *ast.Error
	if errors.As(err, &one) {
		return []problem{problemOf(one, files)}
	}
	return []problem{{Code: "refused", Message: err.Error()}}
}

func problemOf(err *ast.Error, files map[string]string) problem {
	p := problem{Code: err.Code, Message: err.Message}
	if err.Details != nil {
		if lines := err.Details.Lines(); err.Code != ast.ParseErr && len(lines) > 0 {
			p.Message += ": " + strings.Join(lines, " ")
		}
	}
	if at := err.Location; at != nil {
		p.File, p.Line, p.Column = strings.TrimPrefix(at.File, "/"), at.Row, at.Col
		p.Source = sourceLine(files[p.File], at.Row)
	}
	if name := undefinedFunction.FindStringSubmatch(err.Message); name != nil {
		if why, hint, known := whyNot(name[1]); known {
			p.Code, p.Builtin, p.Message, p.Hint = "builtin_not_available", name[1], name[1]+" "+why, hint
		}
	}
	return p
}

func sourceLine(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	source := strings.TrimSuffix(lines[line-1], "\r")
	if runes := []rune(source); len(runes) > longestSource {
		return string(runes[:longestSource]) + "…"
	}
	return source
}

// unformatted says where a formatter's own failure is.
func formatProblems(err error, file string, files map[string]string) []problem {
	var own format.UnformattedError
	if errors.As(err, &own) {
		return []problem{{Code: "cannot_format", Message: err.Error(), File: file}}
	}
	found := problemsOf(err, files)
	for i := range found {
		if found[i].File == "" {
			found[i].File = file
		}
	}
	return found
}
