#!/usr/bin/env bash
# `physprover mcp` over standard input and output, asked by two clients of other make, each in a temporary folder:
#   bash integrations/mcp_clients.sh path/to/physprover
#     fastmcp 3.4.11 (Python, its own client over mcp 1.x; the server is written with mcp 2)
#     @modelcontextprotocol/inspector 0.15.0 --cli (Node, the TypeScript SDK)
# Each lists the tools, has a proof accepted and one refused, searches the library, and gets a mistake named as the tool's error.
set -euo pipefail
physprover=$(realpath -s "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export NO_COLOR=1

python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install -q fastmcp==3.4.11
cat > "$folder/client.py" <<'PY'
import asyncio
import sys

from fastmcp import Client
from fastmcp.exceptions import ToolError


async def main() -> None:
    server = {"mcpServers": {"physprover": {"command": sys.argv[1], "args": ["mcp", "--model", "none"]}}}
    async with Client(server) as client:
        assert {tool.name for tool in await client.list_tools()} == {"verify", "prove", "search"}
        statement = "theorem t (a b : Nat) (h : a < b) : a ≤ b"
        for proof, outcome in (("by omega", "proved"), ("by rfl", "rejected"), ("by sorry", "cheated")):
            said = await client.call_tool("verify", {"statement": statement, "proof": proof})
            assert said.structured_content["outcome"] == outcome, said
        found = await client.call_tool("search", {"query": "kinetic energy", "limit": 2})
        assert len(found.structured_content["result"]) == 2, found
        try:
            await client.call_tool("verify", {"statement": "1 = 1", "proof": "rfl"})
        except ToolError as error:
            assert "theorem" in str(error), error
        else:
            raise AssertionError("a statement that is none was judged")
    print("fastmcp: the same")


asyncio.run(main())
PY
"$folder/env/bin/python" "$folder/client.py" "$physprover"

npm install --silent --prefix "$folder/node" @modelcontextprotocol/inspector@0.15.0
ask() { "$folder/node/node_modules/.bin/mcp-inspector" --cli "$physprover" mcp --model none --method "$@" 2>/dev/null; }
expect() { # WORDS COMMAND...: the words are in what the command prints
  local words=$1 got
  shift
  got=$(ask "$@" || true)
  grep -qF -- "$words" <<< "$got" || { printf 'inspector: %s\nwithout: %s\n%s\n' "$*" "$words" "$got"; exit 1; }
}
statement='theorem t (a b : Nat) (h : a < b) : a ≤ b'
for tool in verify prove search; do expect "\"name\": \"$tool\"" tools/list; done
expect '"outcome": "proved"' tools/call --tool-name verify --tool-arg "statement=$statement" 'proof=by omega'
expect '"outcome": "rejected"' tools/call --tool-name verify --tool-arg "statement=$statement" 'proof=by rfl'
expect '"statement"' tools/call --tool-name search --tool-arg 'query=kinetic energy' limit=2
expect '"isError": true' tools/call --tool-name verify --tool-arg 'statement=1 = 1' proof=rfl
echo "inspector: the same"
