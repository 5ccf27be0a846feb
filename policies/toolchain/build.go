package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/compile"
)

// build gives the bundle that `opa build -b -t wasm` gives for the same files, tests left out, byte for byte.
func build(q *question) answer {
	checked := check(q)
	if len(checked.Problems) > 0 {
		return checked
	}
	view := checked.Value.(map[string]any)["outline"].(outline)
	if len(q.Entrypoints) == 0 && !hasEntrypoint(view) {
		return answer{Problems: []problem{{Code: "no_entrypoint", Message: "no rule is marked as an entrypoint",
			Hint: "Mark the rules that the platform asks for with \"# METADATA\" and \"# entrypoint: true\", or name them with --entrypoint <package>/<rule>."}}}
	}
	var out bytes.Buffer
	compiler := compile.New().WithTarget(compile.TargetWasm).WithCapabilities(capabilities()).WithRegoVersion(ast.RegoV1).
		WithFS(sources(q.Files)).WithAsBundle(true).WithPaths(".").
		WithEntrypoints(q.Entrypoints...).WithRegoAnnotationEntrypoints(true).WithOutput(&out)
	if q.Revision != "" {
		compiler = compiler.WithRevision(q.Revision)
	}
	if q.Metadata != nil {
		compiler = compiler.WithMetadata(&q.Metadata)
	}
	if err := compiler.Build(context.Background()); err != nil {
		return answer{Problems: problemsOf(err, q.Files)}
	}
	entrypoints := []string{}
	for _, resolver := range compiler.Bundle().Manifest.WasmResolvers {
		entrypoints = append(entrypoints, resolver.Entrypoint)
	}
	return answer{Value: map[string]any{
		"bundle": base64.StdEncoding.EncodeToString(out.Bytes()), "entrypoints": entrypoints,
		"outline": view, "warnings": checked.Value.(map[string]any)["warnings"],
	}}
}

func hasEntrypoint(view outline) bool {
	for _, a := range view.Annotations {
		if a.Entrypoint {
			return true
		}
	}
	return false
}

func sources(files map[string]string) fstest.MapFS {
	tree := fstest.MapFS{}
	for path, text := range files {
		if !isTest(path) {
			tree[path] = &fstest.MapFile{Data: []byte(text), Mode: 0o444}
		}
	}
	return tree
}
