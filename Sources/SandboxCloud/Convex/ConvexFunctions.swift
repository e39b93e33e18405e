package import SandboxCore

/// How a deployment names the functions that a session calls, and which fields they take. Convex validators are strict:
/// a field that a function does not know makes the whole call fail.
package struct ConvexFunctions: Sendable, Hashable {
  /// Which field lists the functions have.
  package enum Fields: String, Sendable, Hashable {
    /// As the documents describe them: every phase, artifact ids chosen by the sender, seven figures.
    case seed
    /// As the documents' deployed backend has them: six phases, three figures, artifacts that are inserted.
    case origin
  }

  package var fields: Fields
  /// Query `{sessionId}`.
  package var getConfig: String
  /// Mutation `{sessionId, status, metadata?}`.
  package var updateStatus: String
  /// Mutation `{sessionId, artifacts, finalMetadata}`.
  package var syncResults: String

  package static let seed = ConvexFunctions(
    fields: .seed, getConfig: "sessions:getConfig", updateStatus: "sessions:updateStatus",
    syncResults: "sessions:syncResults")

  package static let origin = ConvexFunctions(
    fields: .origin, getConfig: "sessions:getSessionState", updateStatus: "sessions:updateSessionStatus",
    syncResults: "sessions:syncSessionResults")

  private init(fields: Fields, getConfig: String, updateStatus: String, syncResults: String) {
    self.fields = fields
    self.getConfig = getConfig
    self.updateStatus = updateStatus
    self.syncResults = syncResults
  }

  /// Reads `CONVEX_FUNCTIONS`: `seed`, `origin`, or a JSON object of names such as
  /// `{"preset": "seed", "updateStatus": "sessions:setStatus"}`. What it does not name stays as the preset has it; the
  /// preset is `seed` unless said otherwise. Names may be spelled as in code (`api.sessions.getConfig`).
  ///
  /// - Throws: `.invalidArgument` naming the member that is wrong.
  package init(parsing text: String) throws(SandboxError) {
    if let preset = Self.preset(text) {
      self = preset
      return
    }
    func fail(_ problem: String) -> SandboxError {
      SandboxError(
        .invalidArgument,
        "CONVEX_FUNCTIONS \(problem); expected seed, origin, or a JSON object with preset, getConfig, updateStatus, syncResults"
      )
    }
    let members: JSONObject
    do throws(SandboxError) {
      let value = try JSONValue(parsing: text)
      if let preset = value.stringValue.flatMap(Self.preset) {
        self = preset
        return
      }
      guard let object = value.objectValue else { throw fail("is not an object") }
      members = object
    } catch {
      throw fail("is not valid: \(error.message)")
    }
    self = .seed
    if let value = members["preset"] {
      guard let preset = value.stringValue.flatMap(Self.preset) else { throw fail("has an unknown preset") }
      self = preset
    }
    for (key, value) in members where key != "preset" {
      guard let name = value.stringValue, let path = Self.path(name) else {
        throw fail("names no valid function at \"\(key.excerpt(60))\"")
      }
      switch key.split(whereSeparator: { $0 == "." || $0 == ":" }).last {
      case "getConfig": getConfig = path
      case "updateStatus": updateStatus = path
      case "syncResults": syncResults = path
      default: throw fail("has the unknown member \"\(key.excerpt(60))\"")
      }
    }
  }

  private static func preset(_ name: String) -> ConvexFunctions? {
    switch Fields(rawValue: name) {
    case .seed: seed
    case .origin: origin
    case nil: nil
    }
  }

  /// The wire path `dir/module:function` of a name; nil when it cannot be one. A dotted name, as code spells it, is no
  /// wire path: `api.agents.tools.list` is sent as `agents/tools:list`.
  static func path(_ name: String) -> String? {
    let isValid =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "_./:".utf8.contains(byte)
        }
      }
    guard isValid else { return nil }
    if name.contains(":") || name.contains("/") { return name }
    var parts = name.split(separator: ".")
    if parts.first == "api" || parts.first == "internal" { parts.removeFirst() }
    guard parts.count >= 2, let function = parts.popLast() else { return nil }
    return "\(parts.joined(separator: "/")):\(function)"
  }
}
