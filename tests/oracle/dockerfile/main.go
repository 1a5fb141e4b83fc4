// BuildKit's verdict on Dockerfiles: one JSON object a line on standard output for each path read from standard input.
// With -bench N it parses all of them N times in one process and prints the microseconds a file instead.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

type instruction struct {
	Keyword  string   `json:"keyword"`
	Start    int      `json:"start"`
	End      int      `json:"end"`
	JSON     bool     `json:"json"`
	Heredocs []string `json:"heredocs"`
	Original string   `json:"original"`
}

type verdict struct {
	Path         string        `json:"path"`
	Error        string        `json:"error"`
	Escape       string        `json:"escape"`
	Instructions []instruction `json:"instructions"`
}

func judge(path string) verdict {
	data, err := os.ReadFile(path)
	if err != nil {
		return verdict{Path: path, Error: err.Error()}
	}
	result, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return verdict{Path: path, Error: err.Error()}
	}
	out := verdict{Path: path, Escape: string(result.EscapeToken), Instructions: []instruction{}}
	for _, node := range result.AST.Children {
		item := instruction{Keyword: strings.ToUpper(node.Value), Start: node.StartLine, End: node.EndLine,
			JSON: node.Attributes["json"], Heredocs: []string{}, Original: node.Original}
		if item.Keyword == "ONBUILD" && node.Next != nil && len(node.Next.Children) > 0 {
			item.JSON = node.Next.Children[0].Attributes["json"]
		}
		for _, heredoc := range node.Heredocs {
			item.Heredocs = append(item.Heredocs, heredoc.Name)
		}
		out.Instructions = append(out.Instructions, item)
	}
	return out
}

func bench(paths []string, rounds int) {
	start := time.Now()
	for i := 0; i < rounds; i++ {
		for _, path := range paths {
			if data, err := os.ReadFile(path); err == nil {
				_, _ = parser.Parse(bytes.NewReader(data))
			}
		}
	}
	fmt.Printf("%.1f\n", float64(time.Since(start).Microseconds())/float64(rounds*len(paths)))
}

func main() {
	rounds := flag.Int("bench", 0, "rounds to time")
	flag.Parse()
	var paths []string
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		paths = append(paths, lines.Text())
	}
	if *rounds > 0 {
		bench(paths, *rounds)
		return
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for _, path := range paths {
		if err := encoder.Encode(judge(path)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
