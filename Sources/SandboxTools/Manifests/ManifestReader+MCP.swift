import SandboxCore

/// MCP servers, and the tools of theirs that come onto the bus.
extension ManifestReader {
  /// - Parameter tool: what the manifest says of the tool when it stands for a single one.
  mutating func readMCP(_ id: ToolID, _ tool: MCPServerSpec.Tool) -> MCPServerSpec {
    _ = object(["mcp"])
    var (endpoint, pinned) = readEndpoint(id, tool.remoteName)
    if case .url(let url, let headers, _) = endpoint {
      let place = value(["mcp", "url"]) == nil ? Self.olderPath : ["mcp", "url"]
      endpoint = .url(
        url, headers: headers, credential: readCredential(checkedURL(url, place), place, headers: []))
    }
    var spec = MCPServerSpec(endpoint: endpoint)
    spec.pinned = pinned
    if case .command = endpoint { spec.grants = readGrants(id, .server) } else { noteGrantsWithoutProgram() }
    spec.era = choice(["mcp", "era"]) ?? .auto
    spec.trustsAnnotations = flag(["mcp", "trustAnnotations"], default: false)
    spec.onChange = choice(["mcp", "onChange"]) ?? .quarantine
    spec.startupTimeout = milliseconds(["mcp", "startupTimeoutMs"]) ?? spec.startupTimeout
    spec.callTimeout = milliseconds(["mcp", "timeoutMs"])
    readSelection(tool, into: &spec)
    return spec
  }

  // MARK: - Endpoint

  private static let olderPath = ["metadata", "mcpPath"]

  private mutating func readEndpoint(_ id: ToolID, _ name: String) -> (MCPServerSpec.Endpoint, [PinnedFile]) {
    let common: Set<String> = ["era", "startupTimeoutMs", "timeoutMs", "trustAnnotations", "onChange", "tool"]
    let none = MCPServerSpec.Endpoint.command(argv: [], environment: [:], secrets: [:])
    switch (value(["mcp", "command"]), value(["mcp", "url"])) {
    case (nil, nil): return readOlderPath(name) ?? (none, [])
    case (.some, .some):
      problem(["mcp", "url"], "a server has a \"command\" or a \"url\"; remove one of them")
      return (none, [])
    case (.some, nil):
      note(in: ["mcp"], known: common.union(["command", "env", "secrets"]))
      if value(["credentials"]) != nil {
        warning(["credentials"], "has no effect on a program; give it secrets by /mcp/secrets")
      }
      let words = (commandLine(["mcp", "command"]) ?? []).enumerated().compactMap {
        argumentText($1, ["mcp", "command", String($0)])
      }
      let variables = readVariables(["mcp"], id)
      return (
        .command(argv: words, environment: variables.literals, secrets: variables.secrets),
        checkedFiles(words, ["mcp", "command"])
      )
    case (nil, .some):
      note(in: ["mcp"], known: common.union(["url", "headers"]))
      return (.url(string(["mcp", "url"]) ?? "", headers: readFixedHeaders(["mcp", "headers"]), credential: nil), [])
    }
  }

  /// `mcpPath` of older manifests: a program, or a URL.
  private mutating func readOlderPath(_ name: String) -> (MCPServerSpec.Endpoint, [PinnedFile])? {
    guard let path = [Self.olderPath, ["mcpPath"]].first(where: { value($0) != nil }) else {
      problem(
        ["mcp"],
        "MCP tool missing path: \(name); put \"mcp\": {\"command\": [\"/path/of/program\"]} or {\"url\": \"https://…\"} "
          + "into the manifest")
      return nil
    }
    guard let text = string(path) else { return nil }
    let isURL = text.contains("://")
    let shown = JSONValue.string(text).briefText
    warning(path, "is read as \"mcp\": {\(isURL ? "\"url\": \(shown)" : "\"command\": [\(shown)]")}; write that")
    if isURL { return (.url(text, headers: [], credential: nil), []) }
    if let reason = ExecutableCheck.problem(with: text) {
      let hint = text.contains(" ") ? "; a command with arguments belongs into \"mcp\": {\"command\": […]}" : ""
      problem(path, reason + hint)
    }
    return (.command(argv: [text], environment: [:], secrets: [:]), [PinnedFile(text)].compactMap { $0 })
  }

  private mutating func checkedURL(_ text: String, _ path: [String]) -> ManifestURL? {
    guard value(path)?.stringValue != nil else { return nil }
    do throws(ManifestURL.Problem) {
      let url = try ManifestURL(text)
      if !url.placeholders.isEmpty { problem(path, "must not have {parameters}: a server has one URL") }
      return url
    } catch {
      problem(path, error.reason)
      return nil
    }
  }

  // MARK: - Tools

  private static let olderNames = [
    ["metadata", "resourceName"], ["resourceName"], ["metadata", "endpoint"], ["endpoint"],
  ]

  private mutating func readSelection(_ tool: MCPServerSpec.Tool, into spec: inout MCPServerSpec) {
    var single = string(["mcp", "tool"])
    if single == nil, let older = Self.olderNames.first(where: { value($0)?.stringValue != nil }) {
      single = value(older)?.stringValue
      warning(older, "belongs at /mcp/tool; read from here all the same")
    }
    if value(["tools"]) != nil {
      if single != nil {
        problem(["tools"], "a manifest names one tool (/mcp/tool) or several here; remove one of them")
      }
      readTools(into: &spec)
      return
    }
    if single == nil, value(["mcp"]) == nil { single = tool.remoteName }
    guard let single else { return }
    var tool = tool
    tool.remoteName = single
    spec.tools = [tool]
    spec.includesAll = false
  }

  private mutating func readTools(into spec: inout MCPServerSpec) {
    spec.includesAll = false
    guard let list = list(["tools"], "a list of names, or [\"*\"] for all") else { return }
    if list.isEmpty { problem(["tools"], "names no tool; write [\"*\"] for all") }
    for (index, element) in list.enumerated() {
      if element == "*" {
        spec.includesAll = true
      } else if let tool = readTool(element, ["tools", String(index)], spec.tools) {
        spec.tools.append(tool)
      }
    }
  }

  private mutating func readTool(
    _ element: JSONValue, _ path: [String], _ earlier: [MCPServerSpec.Tool]
  ) -> MCPServerSpec.Tool? {
    let name: String
    if let text = element.stringValue {
      name = text
    } else {
      guard element.objectValue != nil else {
        problem(path, "must be the name of a tool or {name, id, category, effect, approval, description, pin}")
        return nil
      }
      note(in: path, known: ["name", "id", "category", "effect", "approval", "description", "pin"])
      guard let text = required(path + ["name"], "what the server calls the tool") else { return nil }
      name = text
    }
    guard (1...256).contains(name.utf8.count), !name.utf8.contains(0) else {
      problem(path, "must have 1 to 256 bytes")
      return nil
    }
    if earlier.contains(where: { $0.remoteName == name }) {
      problem(path, "\(JSONValue.string(name).briefText) is there twice; remove one of them")
    }
    var tool = MCPServerSpec.Tool(remoteName: name)
    guard element.objectValue != nil else { return tool }
    if let id = string(path + ["id"]), isID(id, at: path + ["id"]) {
      if earlier.contains(where: { $0.id.map(LookAlike.folded) == LookAlike.folded(id) }) {
        problem(path + ["id"], "\"\(id)\" is there twice; choose another id")
      }
      tool.id = id
    }
    tool.category = string(path + ["category"]).flatMap { category($0, at: path + ["category"]) }
    tool.effect = choice(path + ["effect"])
    tool.approval = choice(path + ["approval"])
    tool.description = string(path + ["description"])
    tool.pin = readPin(path + ["pin"])
    return tool
  }

  private mutating func readPin(_ path: [String]) -> String? {
    guard let pin = string(path) else { return nil }
    let digits = pin.dropFirst(7)
    let isFine =
      pin.hasPrefix("sha256:") && digits.utf8.count == 64
      && digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    if !isFine { problem(path, "must be \"sha256:\" and 64 digits of 0-9 a-f, not \(JSONValue.string(pin).briefText)") }
    return isFine ? pin : nil
  }
}
