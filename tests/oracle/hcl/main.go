// hclsyntax's verdict on Terraform files: one JSON object a line on standard output for each path read from standard input.
// A path that begins with "template:" is read as the file of a templatefile().
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

type attribute struct {
	Name  string `json:"name"` // "resource aws_instance web/user_data"
	Begin int    `json:"begin"`
	End   int    `json:"end"`
}

// A template with every hole as STUB.
type template struct {
	Begin int    `json:"begin"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

type verdict struct {
	Path       string      `json:"path"`
	Error      string      `json:"error"`
	Blocks     []attribute `json:"blocks"`
	Attributes []attribute `json:"attributes"`
	Templates  []template  `json:"templates"`
}

func text(node *hclsyntax.TemplateExpr) string {
	var out strings.Builder
	for _, part := range node.Parts {
		switch part := part.(type) {
		case *hclsyntax.TemplateJoinExpr: // %{ for }: no round of it
		case *hclsyntax.LiteralValueExpr:
			if part.Val.Type() == cty.String {
				out.WriteString(part.Val.AsString())
			}
		default:
			out.WriteString("STUB")
		}
	}
	return out.String()
}

func (out *verdict) addTemplates(node hclsyntax.Node) {
	_ = hclsyntax.VisitAll(node, func(node hclsyntax.Node) hcl.Diagnostics {
		if found, ok := node.(*hclsyntax.TemplateExpr); ok {
			span := found.Range()
			out.Templates = append(out.Templates, template{span.Start.Byte, span.End.Byte, text(found)})
		}
		return nil
	})
}

func (out *verdict) addBody(prefix string, body *hclsyntax.Body) {
	for _, block := range body.Blocks {
		name := strings.Join(append([]string{prefix + block.Type}, block.Labels...), " ")
		out.Blocks = append(out.Blocks, attribute{name, block.TypeRange.Start.Byte, block.CloseBraceRange.End.Byte})
		out.addBody(name+"/", block.Body)
	}
	for name, item := range body.Attributes {
		span := item.Expr.Range()
		// a parenthesised expression is told without its brackets
		out.Attributes = append(out.Attributes, attribute{prefix + name, item.NameRange.Start.Byte, span.End.Byte})
	}
}

func judge(path string) verdict {
	out := verdict{Path: path, Blocks: []attribute{}, Attributes: []attribute{}, Templates: []template{}}
	name, isTemplate := strings.CutPrefix(path, "template:")
	data, err := os.ReadFile(name)
	if err != nil {
		out.Error = err.Error()
		return out
	}
	start := hcl.Pos{Line: 1, Column: 1}
	if isTemplate {
		expression, problems := hclsyntax.ParseTemplate(data, name, start)
		if problems.HasErrors() {
			out.Error = problems.Error()
			return out
		}
		out.addTemplates(expression)
		return out
	}
	file, problems := hclsyntax.ParseConfig(data, name, start)
	if problems.HasErrors() {
		out.Error = problems.Error()
		return out
	}
	body := file.Body.(*hclsyntax.Body)
	out.addBody("", body)
	out.addTemplates(body)
	return out
}

func main() {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := encoder.Encode(judge(lines.Text())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
