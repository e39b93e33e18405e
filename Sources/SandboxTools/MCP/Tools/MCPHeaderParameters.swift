import SandboxCore

/// The arguments that also travel as headers, for servers and gateways that do not read bodies: properties whose schema
/// has `x-mcp-header` (MCP 2026-07-28, Streamable HTTP).
struct MCPHeaderParameters: Sendable, Hashable {
  private struct Parameter: Sendable, Hashable {
    let path: [String]
    let header: String
  }

  private static let keyword = "x-mcp-header"
  /// Keywords whose values are data or names and hold no schemas.
  private static let dataKeywords: Set<String> = ["default", "examples", "const", "enum", "required"]

  private var parameters: [Parameter] = []

  /// - Throws: `.invalidResponse` when the keyword stands where it must not, or with a value that is no header's name:
  ///   such a tool must not be used.
  init(_ schema: JSONValue) throws(SandboxError) {
    try read(schema, at: [], depth: 0)
  }

  /// The headers of a call. An argument that is absent or null has none.
  func headers(for arguments: JSONValue) -> [HTTPHeader] {
    parameters.compactMap { parameter in
      var value: JSONValue? = arguments
      for name in parameter.path { value = value?[name] }
      let text: String? =
        switch value {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .some(let number) where number.isIntegral: number.intValue.map(String.init) ?? number.text()
        default: nil
        }
      return text.map { HTTPHeader(parameter.header, $0) }
    }
  }

  /// - Parameter path: the names that lead to this schema by `properties` alone; nil when something else does.
  private mutating func read(_ schema: JSONValue, at path: [String]?, depth: Int) throws(SandboxError) {
    guard depth <= 256 else { throw refusal("its schema is too deep") }
    switch schema {
    case .array(let schemas): for schema in schemas { try read(schema, at: nil, depth: depth + 1) }
    case .object(let members):
      if let header = members[Self.keyword] { try note(header, members["type"], path) }
      for (keyword, value) in members where keyword != Self.keyword && !Self.dataKeywords.contains(keyword) {
        guard keyword == "properties", let properties = value.objectValue else {
          try readOther(keyword, value, depth: depth)
          continue
        }
        for (name, property) in properties {
          try read(property, at: path.map { $0 + [name] }, depth: depth + 1)
        }
      }
    default: break
    }
  }

  private mutating func readOther(_ keyword: String, _ value: JSONValue, depth: Int) throws(SandboxError) {
    guard ["patternProperties", "dependentSchemas", "$defs", "definitions"].contains(keyword),
      let schemas = value.objectValue
    else { return try read(value, at: nil, depth: depth + 1) }
    for schema in schemas.values { try read(schema, at: nil, depth: depth + 1) }
  }

  private mutating func note(_ header: JSONValue, _ type: JSONValue?, _ path: [String]?) throws(SandboxError) {
    guard let name = header.stringValue, HTTPHeader.isToken(name), name.utf8.count <= 128 else {
      throw refusal("\(header.text().excerpt(60)) is no name of a header")
    }
    guard let path, !path.isEmpty else {
      throw refusal("\(name) does not belong to a property that every call can have")
    }
    guard ["string", "integer", "boolean"].contains(type?.stringValue) else {
      throw refusal("\(name) belongs to a property that is no string, integer or boolean")
    }
    guard !parameters.contains(where: { $0.header.lowercased() == name.lowercased() }) else {
      throw refusal("\(name) occurs twice")
    }
    parameters.append(Parameter(path: path, header: name))
  }

  private func refusal(_ reason: String) -> SandboxError {
    SandboxError(.invalidResponse, "its \(Self.keyword) is wrong: \(reason)")
  }
}
