import SandboxCore

/// Reads one manifest: collects everything that is wrong with it, and gives the tool when nothing is.
struct ManifestReader {
  let file: String
  let pointer: JSONPointer
  let builtins: Set<String>
  let secrets: SecretStore
  let grants: GrantRules
  private(set) var manifest: JSONValue = .null
  var problems: [ManifestProblem] = []
  /// Whether nothing but warnings has been found.
  var isUsable = true

  init(
    file: String, pointer: JSONPointer, builtins: Set<String>, secrets: SecretStore, grants: GrantRules
  ) {
    self.file = file
    self.pointer = pointer
    self.builtins = builtins
    self.secrets = secrets
    self.grants = grants
  }

  enum KindName: String { case api, mcp, builtin, command }

  /// The tool, or nil when it is disabled or not usable.
  mutating func read(_ value: JSONValue) -> ToolManifest? {
    manifest = value
    guard let object = value.objectValue else {
      problem([], "a manifest must be an object, not \(value.typeName)")
      return nil
    }
    if let isEnabled = object["isEnabled"], isEnabled.boolValue != true {
      if isEnabled.boolValue == nil { problem(["isEnabled"], "must be true or false, not \(isEnabled.typeName)") }
      return nil
    }
    refuseNULInKeys(value)
    if let list = wrappedList(object) {
      problem([list], "is a list in an object that is no manifest; a file has one manifest, or the list itself")
      return nil
    }
    guard let kind = readKindName(), let id = readID() else { return nil }
    noteUnusedFields(kind)
    let name = readName(id)
    let parameters = readParameters()
    let returns = readReturns()
    let description = readDescription(id, kind)
    let category = readCategory(kind)
    let effect = readEffect()
    let approval = readApproval()
    let remote = MCPServerSpec.Tool(
      remoteName: name, id: id.rawValue, category: category, effect: effect, approval: approval,
      description: description.isEmpty ? nil : description)
    let tool = ToolManifest(
      id: id, name: name, version: string(["version"]) ?? "1.0.0", kind: readKind(kind, remote, id, parameters),
      description: description, category: category, parameters: parameters, returns: returns,
      examples: readExamples(parameters, returns), rateLimit: readRateLimit(), costPerRequest: readCost(),
      breaker: readBreaker(), hedge: readHedge(), effect: effect ?? .unsafe, approval: approval ?? .never,
      fallback: strings(["fallback"], atMost: 16), file: file, pointer: pointer)
    refuseReservedNames(tool)
    return isUsable ? tool : nil
  }

  /// Where an object that is no manifest holds a list of some.
  private func wrappedList(_ object: JSONObject) -> String? {
    if ["type", "id", "name"].contains(where: object.contains(key:)) { return nil }
    return object.first { $0.value.arrayValue?.first?.objectValue != nil }?.key
  }

  // MARK: - What it is

  private mutating func readKindName() -> KindName? {
    guard let type = required(["type"], "one of api, mcp, builtin, command") else { return nil }
    if let kind = KindName(rawValue: type) { return kind }
    problem(["type"], "Unknown tool type: \(type.prefix(60)); it must be one of api, mcp, builtin, command")
    return nil
  }

  private mutating func readKind(
    _ kind: KindName, _ tool: MCPServerSpec.Tool, _ id: ToolID, _ parameters: JSONValue
  ) -> ToolManifest.Kind {
    switch kind {
    case .builtin: .builtin(handler: readBuiltin(tool.remoteName, id))
    case .command: .command(readCommand(id, parameters))
    case .api: .api(readAPI(tool.remoteName, parameters))
    case .mcp: .mcp(readMCP(id, tool))
    }
  }

  private mutating func readID() -> ToolID? {
    let path = value(["id"]) == nil && value(["name"]) != nil ? ["name"] : ["id"]
    guard let id = required(path, "an id of letters, digits, _ and -"), isID(id, at: path) else { return nil }
    return ToolID(id)
  }

  mutating func isID(_ id: String, at path: [String]) -> Bool {
    if (1...64).contains(id.utf8.count), id.utf8.allSatisfy(Self.isIDByte) { return true }
    problem(
      path, "\(JSONValue.string(id).briefText) is not an id; it must have 1 to 64 of the characters A-Z a-z 0-9 _ -")
    return false
  }

  private static func isIDByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func readName(_ id: ToolID) -> String {
    guard let name = string(["name"]) else { return id.rawValue }
    // Other scripts have letters that look like these.
    if !(1...128).contains(name.utf8.count) || !name.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) {
      problem(["name"], "must have 1 to 128 printable ASCII characters")
    }
    return name
  }

  private mutating func readBuiltin(_ name: String, _ id: ToolID) -> String {
    if let handler = string(["builtin"]) {
      if !builtins.contains(handler) { unknownBuiltin(["builtin"], handler) }
      return handler
    }
    guard let handler = [name, id.rawValue].first(where: builtins.contains) else {
      unknownBuiltin(value(["name"]) == nil ? ["id"] : ["name"], name)
      return name
    }
    return handler
  }

  private mutating func unknownBuiltin(_ path: [String], _ handler: String) {
    let known = builtins.sorted().joined(separator: ", ")
    problem(path, "Unknown builtin tool: \(handler.prefix(60)); known are: \(known)")
  }

  /// A tool must not pass for one of the runtime's own, or for a builtin that it is not.
  private mutating func refuseReservedNames(_ tool: ToolManifest) {
    var own: String?
    if case .builtin(let handler) = tool.kind { own = handler }
    let open = own.map { ManifestLoader.openNames.contains($0) || !ManifestLoader.reservedNames.contains($0) } ?? false
    for (path, name) in TakenNames.names(of: tool) where !(open && name == own) {
      let field = path.last ?? "id"
      if let taken = Self.lookAlike(of: name, in: ManifestLoader.reservedNames) {
        problem(
          path, "\"\(name)\" is \(Self.same(name, taken))a tool of the runtime itself; choose another \(field)")
      } else if let taken = Self.lookAlike(of: name, in: builtins) {
        problem(path, "\"\(name)\" is \(Self.same(name, taken))the name of a builtin tool; choose another \(field)")
      } else {
        continue
      }
      return
    }
  }

  private static func same(_ name: String, _ taken: String) -> String {
    name == taken ? "" : "too like \"\(taken)\", "
  }

  private static func lookAlike(of name: String, in names: Set<String>) -> String? {
    let folded = LookAlike.folded(name)
    let skeleton = LookAlike.skeleton(name)
    return names.sorted().first { LookAlike.folded($0) == folded || LookAlike.skeleton($0) == skeleton }
  }
}
