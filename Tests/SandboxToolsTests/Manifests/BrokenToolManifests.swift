import SandboxCore

@testable import SandboxTools

/// Broken manifests of API tools and MCP servers, each with the place and words that must be said of it.
enum BrokenToolManifests {
  static let secrets = SecretStore([
    ToolSecret(
      name: "GOOD", value: "v",
      bindings: [.host("api.example.com", port: nil), .host("localhost", port: nil), .tool("server"), .tool("cmd")]),
    ToolSecret(name: "ELSEWHERE", value: "v", bindings: [.host("other.example.com", port: nil), .tool("another")]),
    ToolSecret(name: "ON_PORT", value: "v", bindings: [.host("api.example.com", port: 8443)]),
    ToolSecret(name: "NOWHERE", value: "v", bindings: []),
  ])

  static var all: [(JSONValue, String, String)] {
    urls.map { (Manifests.api(["url": $0]), "/api/url", $1) } + api + credentials + mcp + tools
  }

  private static let urls: [(JSONValue, String)] = [
    (5, "must be a string, not integer"), ("api.example.com", "must begin with https://"),
    ("ftp://api.example.com/", "must begin with https://"), ("file:///etc/passwd", "must begin with https://"),
    ("{query}://api.example.com/", "the scheme is not a parameter"), ("", "must begin with https://"),
    ("https://{query}/", "the host and the port must be literal"),
    ("https://api.example.com:{limit}/", "the host and the port must be literal"),
    ("https://user:pass@api.example.com/", "must not contain a user or a password"),
    ("https://api.example.com@evil.example/", "must not contain a user or a password"),
    ("https:///path", "is not a host and a port"), ("https://?x", "is not a host and a port"),
    ("https://api.example.com:0/", "is not a host and a port"),
    ("https://api.example.com:65536/", "is not a host and a port"),
    ("https://.example.com/", "is not a host and a port"), ("https://api.example.com:+5/", "is not a host and a port"),
    ("https://exa mple.com/", "is not a host and a port"), ("https://bücher.example/", "is not a host and a port"),
    ("https://api.example.com\\@evil/", "must not contain a user or a password"),
    ("https://api.example.com\\evil/", "is not a host and a port"), ("https://[::1/", "is not a host and a port"),
    ("https://[::g]/", "is not a host and a port"), ("https://api.example.com/#x", "must not have a fragment"),
    ("https://api.example.com/a b", "\" \" may not be in a URL"), ("https://api.example.com/ä", "may not be in a URL"),
    ("https://api.example.com/%zz", "two hexadecimal digits"), ("https://api.example.com/%4", "two hexadecimal"),
    ("https://api.example.com/a\r\nb", "may not be in a URL"), ("https://api.example.com/a/../b", "must not contain"),
    ("https://api.example.com/%2e%2E/b", "must not contain"), ("https://api.example.com/{1x}", "may not be in a URL"),
    ("https://api.example.com/{none}", "is not a parameter; the schema declares: query, limit"),
    ("https://api.example.com/{limit}", "the schema must list it as required"),
    ("https://api.example.com/?q={query}", "its query must be literal"),
    (.string("https://api.example.com/" + String(repeating: "x", count: 9000)), "is longer than 8192 bytes"),
  ]

  private static func api(_ key: String, _ value: JSONValue) -> JSONValue { Manifests.api([key: value]) }

  private static let api: [(JSONValue, String, String)] = [
    (Manifests.api([:], ["api": 5]), "/api", "must be an object, not integer"),
    (Manifests.api([:], ["api": nil]), "/api", "API tool missing endpoint: items"),
    (Manifests.api(["url": nil]), "/api/url", "API tool missing endpoint: items"),
    (Manifests.api([:], ["metadata": nil]), "/metadata/category", "is missing"),
    (api("method", "get"), "/api/method", "it must be one of DELETE, GET, HEAD, PATCH, POST, PUT"),
    (api("method", "CONNECT"), "/api/method", "is not a method"), (api("method", 1), "/api/method", "must be a string"),
    (api("query", "q"), "/api/query", "must be an object of names and values, not string"),
    (api("query", ["q": "{nothing}"]), "/api/query/q", "is not a parameter; the schema declares: query, limit"),
    (api("query", ["q": "x{query}"]), "/api/query/q", "must be the whole value"),
    (api("query", ["q": ["a"]]), "/api/query/q", "must be a text, a number, true or false"),
    (api("headers", ["Host": "{query}"]), "/api/headers/Host", "is set by the runtime"),
    (api("headers", ["content-length": "5"]), "/api/headers/content-length", "is set by the runtime"),
    (api("headers", ["Transfer-Encoding": "chunked"]), "/api/headers/Transfer-Encoding", "is set by the runtime"),
    (api("headers", ["Connection": "{query}"]), "/api/headers/Connection", "is set by the runtime"),
    (api("headers", ["Authorization": "Bearer x"]), "/api/headers/Authorization", "name a secret in /credentials"),
    (api("headers", ["a b": "x"]), "/api/headers/a b", "is not the name of a header"),
    (api("headers", ["a:b": "x"]), "/api/headers/a:b", "is not the name of a header"),
    (api("headers", ["": "x"]), "/api/headers/", "is not the name of a header"),
    (api("headers", ["X-A": "a\r\nB: c"]), "/api/headers/X-A", "printable ASCII on one line"),
    (api("headers", ["X-A": "1", "x-a": "2"]), "/api/headers/x-a", "differing only in case"),
    (api("body", "json"), "/api/body", "a GET request has no body"),
    (api("body", "xml"), "/api/body", "must be \"json\", \"form\", \"none\" or an object"),
    (Manifests.api(["method": "POST", "body": ["a": ["{nothing}"]]]), "/api/body/a/0", "is not a parameter"),
    (Manifests.api(["method": "POST", "body": ["a": "x {query}"]]), "/api/body/a", "must be the whole text"),
    (api("response", "json"), "/api/response", "must be an object, not string"),
    (api("response", ["format": "xml"]), "/api/response/format", "it must be one of auto, json, text"),
    (api("response", ["pointer": "data"]), "/api/response/pointer", "not a JSON pointer"),
    (api("response", ["pointer": "/a", "format": "text"]), "/api/response/pointer", "needs JSON"),
    (api("response", ["maxBytes": 0]), "/api/response/maxBytes", "from 1 to 67108864, not 0"),
    (api("pagination", [:]), "/api/pagination/type", "is missing"),
    (api("pagination", ["type": "scroll"]), "/api/pagination/type", "it must be one of cursor, page, offset, link"),
    (api("pagination", ["type": "page"]), "/api/pagination/parameter", "is missing"),
    (api("pagination", ["type": "cursor", "parameter": "c"]), "/api/pagination/pointer", "is missing"),
    (api("pagination", ["type": "link", "maxPages": 0]), "/api/pagination/maxPages", "from 1 to 1000"),
    (api("pagination", ["type": "link", "maxItems": 1e300]), "/api/pagination/maxItems", "from 1 to 1000000"),
    (
      Manifests.api(["pagination": ["type": "link"], "response": ["format": "text"]]), "/api/pagination", "needs JSON"
    ),
    (api("timeoutMs", -1), "/api/timeoutMs", "whole milliseconds"),
  ]

  private static func credentials(_ value: JSONValue, _ api: JSONObject = [:]) -> JSONValue {
    Manifests.api(api, ["credentials": value])
  }

  private static let credentials: [(JSONValue, String, String)] = [
    (credentials("x"), "/credentials", "must be {type, secret, field}, not string"),
    (credentials(["secret": "GOOD"]), "/credentials/type", "is missing"),
    (credentials(["type": "magic", "secret": "GOOD"]), "/credentials/type", "one of bearer, api-key, basic, none"),
    (credentials(["type": "oauth", "secret": "GOOD"]), "/credentials/type", "oauth is not supported"),
    (credentials(["type": "oauth", "field": "X-A"]), "/credentials/type", "oauth is not supported"),
    (credentials(["type": "bearer"]), "/credentials/secret", "is missing; it must be the name of a secret"),
    (credentials(["type": "bearer", "secret": 5]), "/credentials/secret", "must be the name of a secret"),
    (credentials(["type": "bearer", "secret": "a b"]), "/credentials/secret", "is not the name of a secret"),
    (
      credentials(["type": "bearer", "secret": "ABSENT"]), "/credentials/secret",
      "API key not found: ABSENT; set TOOL_SECRET_ABSENT to its value, and TOOL_SECRET_ABSENT_HOSTS to \"api.example.com\""
    ),
    (credentials(["type": "bearer", "secret": "PATH"]), "/credentials/secret", "API key not found: PATH"),
    (
      credentials(["type": "bearer", "secret": "ELSEWHERE"]), "/credentials/secret",
      "may not be sent to api.example.com:443; if it should, add \"api.example.com\" to TOOL_SECRET_ELSEWHERE_HOSTS"
    ),
    (credentials(["type": "bearer", "secret": "NOWHERE"]), "/credentials/secret", "TOOL_SECRET_NOWHERE_HOSTS"),
    (credentials(["type": "bearer", "secret": "ON_PORT"]), "/credentials/secret", "may not be sent"),
    (
      credentials(["type": "bearer", "secret": "GOOD"], ["url": "http://api.example.com/"]), "/api/url",
      "must not be sent unencrypted"
    ),
    (
      credentials(["type": "bearer", "secret": "GOOD"], ["url": "https://api.example.com.evil.example/"]),
      "/credentials/secret", "may not be sent to api.example.com.evil.example:443"
    ),
    (
      credentials(["type": "api-key", "secret": "GOOD", "field": "a b"]), "/credentials/field",
      "not the name of a header"
    ),
    (credentials(["type": "api-key", "secret": "GOOD", "field": "Host"]), "/credentials/field", "set by the runtime"),
    (credentials(["type": "api-key", "secret": "GOOD", "in": "body"]), "/credentials/in", "one of header, query"),
    (credentials(["type": "basic", "secret": "GOOD", "in": "query"]), "/credentials/in", "must be \"header\""),
    (credentials(["type": "bearer", "secret": "GOOD", "field": "X-A"]), "/credentials/field", "use \"api-key\""),
    (
      credentials(["type": "api-key", "secret": "GOOD"], ["headers": ["x-api-key": "mine"]]),
      "/api/headers/x-api-key", "is the header of the credential"
    ),
    (older(["apiKey": "CONVEX_TOKEN"]), "/metadata/apiKey", "API key not found: CONVEX_TOKEN"),
    (older(["apiKey": "PATH"]), "/metadata/apiKey", "API key not found: PATH"),
    (older(["apiKey": "ELSEWHERE"]), "/metadata/apiKey", "may not be sent to api.example.com:443"),
    (older(["apiKey": true]), "/metadata/apiKey", "names no secret"),
    (older(["apiKey": 5]), "/metadata/apiKey", "must be the name of a secret"),
    (older(["apiKey": true, "apiKeyField": "ABSENT"]), "/metadata/apiKeyField", "API key not found: ABSENT"),
    (older(["endpoint": "api.example.com"]), "/metadata/endpoint", "must begin with https://"),
    (older(["endpoint": 5]), "/metadata/endpoint", "must be a string"),
  ]

  private static func older(_ metadata: JSONObject) -> JSONValue {
    var object: JSONObject = ["category": "research", "endpoint": "https://api.example.com/search"]
    for (key, value) in metadata { object[key] = value }
    return Manifests.api([:], ["api": nil, "metadata": .object(object)])
  }

  private static let mcp: [(JSONValue, String, String)] = [
    (Manifests.mcp([:]), "/mcp", "MCP tool missing path: server"),
    (Manifests.mcp([:], ["mcp": 5]), "/mcp", "must be an object"),
    (Manifests.mcp(["command": "x"]), "/mcp/command", "must be a list"),
    (Manifests.mcp(["command": []]), "/mcp/command", "must be a list"),
    (Manifests.mcp(["command": ["npx", "server"]]), "/mcp/command/0", "absolute path"),
    (Manifests.mcp(["command": ["/bin/sh", "-c", "server"]]), "/mcp/command/1", "put the script in a file"),
    (Manifests.mcp(["command": ["/bin/true", 5]]), "/mcp/command/1", "must be a string"),
    (Manifests.mcp(["command": ["/bin/true"], "url": "https://x"]), "/mcp/url", "remove one of them"),
    (Manifests.mcp(["command": ["/bin/true"], "env": ["LD_PRELOAD": "x"]]), "/mcp/env/LD_PRELOAD", "may not be set"),
    (
      Manifests.mcp(["command": ["/bin/true"], "secrets": ["TOKEN": "ABSENT"]]), "/mcp/secrets/TOKEN",
      "set TOOL_SECRET_ABSENT to its value, and TOOL_SECRET_ABSENT_HOSTS to \"tool:server\""
    ),
    (
      Manifests.mcp(["command": ["/bin/true"], "secrets": ["TOKEN": "ELSEWHERE"]]), "/mcp/secrets/TOKEN",
      "add \"tool:server\" to TOOL_SECRET_ELSEWHERE_HOSTS"
    ),
    (
      Manifests.mcp(["command": ["/bin/true"], "secrets": ["A": "GOOD"], "env": ["A": "x"]]), "/mcp/secrets/A",
      "is also in \"env\""
    ),
    (Manifests.mcp(["url": "mcp.example.com"]), "/mcp/url", "must begin with https://"),
    (Manifests.mcp(["url": "https://mcp.example.com/{x}"]), "/mcp/url", "must not have {parameters}"),
    (Manifests.mcp(["url": "https://x", "headers": ["Host": "y"]]), "/mcp/headers/Host", "set by the runtime"),
    (
      Manifests.mcp(["url": "https://mcp.example.com"], ["credentials": ["type": "bearer", "secret": "GOOD"]]),
      "/credentials/secret", "may not be sent to mcp.example.com:443"
    ),
    (
      Manifests.mcp(["url": "http://api.example.com"], ["credentials": ["type": "bearer", "secret": "GOOD"]]),
      "/mcp/url", "must not be sent unencrypted"
    ),
    (Manifests.mcp(["command": ["/bin/true"], "era": "old"]), "/mcp/era", "one of auto, modern, legacy"),
    (Manifests.mcp(["command": ["/bin/true"], "onChange": "x"]), "/mcp/onChange", "one of quarantine, accept"),
    (Manifests.mcp(["command": ["/bin/true"], "trustAnnotations": 1]), "/mcp/trustAnnotations", "true or false"),
    (Manifests.mcp(["command": ["/bin/true"], "startupTimeoutMs": 0]), "/mcp/startupTimeoutMs", "whole milliseconds"),
    (Manifests.mcp(["command": ["/bin/true"], "timeoutMs": "1s"]), "/mcp/timeoutMs", "whole milliseconds"),
    (Manifests.mcp(["command": ["/bin/true"], "tool": 5]), "/mcp/tool", "must be a string"),
    (olderMCP("npx -y server"), "/metadata/mcpPath", "a command with arguments belongs into"),
    (olderMCP("/no/such/server"), "/metadata/mcpPath", "is not there"),
    (olderMCP("ftp://x"), "/metadata/mcpPath", "must begin with https://"),
    (olderMCP(5), "/metadata/mcpPath", "must be a string"),
  ]

  private static func olderMCP(_ path: JSONValue) -> JSONValue {
    Manifests.mcp([:], ["mcp": nil, "metadata": ["category": "research", "mcpPath": path]])
  }

  private static func tools(_ list: JSONValue) -> JSONValue {
    Manifests.mcp(["command": ["/bin/true"]], ["tools": list])
  }

  private static let tools: [(JSONValue, String, String)] = [
    (tools("*"), "/tools", "must be a list of names, or [\"*\"] for all, not string"),
    (tools([]), "/tools", "names no tool"), (tools([5]), "/tools/0", "must be the name of a tool"),
    (tools([["id": "x"]]), "/tools/0/name", "is missing"), (tools([""]), "/tools/0", "must have 1 to 256 bytes"),
    (tools(["a", "a"]), "/tools/1", "is there twice"),
    (tools([["name": "a", "id": "x y"]]), "/tools/0/id", "is not an id"),
    (tools([["name": "a", "id": "x"], ["name": "b", "id": "X"]]), "/tools/1/id", "is there twice"),
    (tools([["name": "a", "category": "magic"]]), "/tools/0/category", "is not a category"),
    (tools([["name": "a", "effect": "none"]]), "/tools/0/effect", "it must be one of"),
    (tools([["name": "a", "approval": "x"]]), "/tools/0/approval", "it must be one of"),
    (tools([["name": "a", "description": 5]]), "/tools/0/description", "must be a string"),
    (tools([["name": "a", "pin": "sha256:12"]]), "/tools/0/pin", "64 digits"),
    (
      Manifests.mcp(["command": ["/bin/true"], "tool": "a"], ["tools": ["*"]]), "/tools", "remove one of them"
    ),
  ]
}
