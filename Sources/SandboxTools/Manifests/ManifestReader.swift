import SandboxCore

/// Reads one manifest: collects everything that is wrong with it, and gives the tool when nothing is.
struct ManifestReader {
  private let file: String
  private let pointer: JSONPointer
  private let builtins: Set<String>
  private(set) var manifest: JSONValue = .null
  private(set) var problems: [ManifestProblem] = []

  init(file: String, pointer: JSONPointer, builtins: Set<String>) {
    self.file = file
    self.pointer = pointer
    self.builtins = builtins
  }

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
    guard let kind = readKindName(), let id = readID() else { return nil }
    noteUnusedFields()
    let parameters = readParameters()
    let name = readName(id)
    let tool = ToolManifest(
      id: id, name: name, version: string(["version"]) ?? "1.0.0",
      kind: kind == .builtin ? readBuiltin(name, id) : .command(readCommand(parameters)),
      description: readDescription(id), category: readCategory(), parameters: parameters,
      returns: readReturns(), examples: readExamples(parameters), rateLimit: readRateLimit(),
      costPerRequest: readCost(), effect: readEffect(), approval: readApproval(), fallback: strings(["fallback"]),
      writes: strings(["writes"]), file: file, pointer: pointer)
    refuseReservedNames(tool)
    refuseApproval(tool)
    return problems.contains { !$0.isWarning } ? nil : tool
  }

  // MARK: - What it is

  private enum KindName: String { case api, mcp, builtin, command }

  private mutating func readKindName() -> KindName? {
    guard let type = required(["type"], "one of api, mcp, builtin, command") else { return nil }
    switch KindName(rawValue: type) {
    case nil: problem(["type"], "Unknown tool type: \(type.prefix(60)); it must be one of api, mcp, builtin, command")
    case .api: problem(["type"], "api tools are not supported in this version")
    case .mcp: problem(["type"], "mcp tools are not supported in this version")
    case .builtin: return .builtin
    case .command: return .command
    }
    return nil
  }

  private mutating func readID() -> ToolID? {
    let path = value(["id"]) == nil && value(["name"]) != nil ? ["name"] : ["id"]
    guard let id = required(path, "an id of letters, digits, _ and -") else { return nil }
    guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(Self.isIDByte) else {
      problem(
        path, "\(JSONValue.string(id).briefText) is not an id; it must have 1 to 64 of the characters A-Z a-z 0-9 _ -")
      return nil
    }
    return ToolID(id)
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

  private mutating func readBuiltin(_ name: String, _ id: ToolID) -> ToolManifest.Kind {
    if let handler = string(["builtin"]) {
      if !builtins.contains(handler) { unknownBuiltin(["builtin"], handler) }
      return .builtin(handler: handler)
    }
    guard let handler = [name, id.rawValue].first(where: builtins.contains) else {
      unknownBuiltin(value(["name"]) == nil ? ["id"] : ["name"], name)
      return .builtin(handler: name)
    }
    return .builtin(handler: handler)
  }

  private mutating func unknownBuiltin(_ path: [String], _ handler: String) {
    let known = builtins.sorted().joined(separator: ", ")
    problem(path, "Unknown builtin tool: \(handler.prefix(60)); known are: \(known)")
  }

  private mutating func refuseReservedNames(_ tool: ToolManifest) {
    for (field, name) in [("id", tool.id.rawValue), ("name", tool.name)] {
      let folded = ToolRegistry.folded(name)
      guard ManifestLoader.reservedNames.contains(folded) else { continue }
      if case .builtin(let handler) = tool.kind, handler == name, ManifestLoader.openNames.contains(name) { continue }
      problem([field], "\"\(name)\" is a tool of the runtime itself; choose another \(field)")
      return
    }
  }

  /// A tool that is to be approved must not run as if it need not be.
  private mutating func refuseApproval(_ tool: ToolManifest) {
    guard tool.approval == .always || tool.approval == .onDestructive && tool.effect != .pure else { return }
    problem(["approval"], "approvals are not supported in this version; a tool that needs them is not loaded")
  }

  // MARK: - Finding and reporting

  func value(_ path: [String]) -> JSONValue? {
    let value = JSONPointer(tokens: path).value(in: manifest)
    return value?.isNull == true ? nil : value
  }

  /// The first of these places that has a value. Any but the first is an older one, which is noted.
  mutating func first(_ paths: [[String]]) -> (path: [String], value: JSONValue)? {
    for (index, path) in paths.enumerated() {
      guard let value = value(path) else { continue }
      if index > 0 { warning(path, "belongs at \(JSONPointer(tokens: paths[0])); read from here all the same") }
      return (path, value)
    }
    return nil
  }

  mutating func string(_ path: [String]) -> String? {
    guard let value = value(path) else { return nil }
    guard let text = value.stringValue else {
      problem(path, "must be a string, not \(value.typeName)")
      return nil
    }
    return text
  }

  mutating func required(_ path: [String], _ expected: String) -> String? {
    if value(path) == nil { problem(path, "is missing; it must be \(expected)") }
    return string(path)
  }

  mutating func strings(_ path: [String]) -> [String] {
    guard let value = value(path) else { return [] }
    guard let list = value.arrayValue else {
      problem(path, "must be a list of strings, not \(value.typeName)")
      return []
    }
    var strings: [String] = []
    for (index, element) in list.enumerated() {
      guard let text = element.stringValue, !text.isEmpty else {
        problem(path + [String(index)], "must be a string that is not empty")
        continue
      }
      strings.append(text)
    }
    return strings
  }

  /// A value of an enumeration by its name.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(_ path: [String]) -> Choice?
  where Choice.RawValue == String {
    guard let text = string(path) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    problem(path, "\(JSONValue.string(text).briefText) is not known; it must be one of \(known)")
    return nil
  }

  mutating func problem(_ path: [String], _ reason: String) { report(path, reason, isWarning: false) }

  mutating func warning(_ path: [String], _ reason: String) { report(path, reason, isWarning: true) }

  private mutating func report(_ path: [String], _ reason: String, isWarning: Bool) {
    problems.append(
      ManifestProblem(
        file: file, pointer: JSONPointer(tokens: pointer.tokens + path).description,
        reason: ToolText(reason, limit: 1024).text, isWarning: isWarning))
  }
}
