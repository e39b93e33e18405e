import SandboxCore

/// Fills a tool's arguments from what the request and earlier results say. Nothing is made up: an argument that must be
/// given and does not follow from them stops the call.
struct OfflineArguments: Sendable {
  let task: OfflineTask
  let facts: OfflineFacts
  /// Values that the work so far has made for arguments of these names, as the rows for a chart.
  var prepared: [String: JSONValue] = [:]

  /// Why a call is not made.
  struct Missing: Error, Sendable {
    let argument: String
    let reason: String
  }

  /// - Parameters:
  ///   - path: Stands for the tool's first argument that names a file.
  ///   - extra: Optional arguments to fill if at all possible, because an error message asked for them.
  func fill(_ schema: JSONValue, path: String? = nil, extra: Set<String> = []) throws(Missing) -> JSONValue {
    var arguments = JSONObject()
    var path = path
    let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
    // A tool that needs nothing still wants the text that it is called for.
    let wanted = required.union(extra).union(
      required.isEmpty && !task.quoted.isEmpty ? ["text", "message", "input"] : [])
    let properties = schema["properties"]?.objectValue ?? [:]
    let freeTexts = properties.filter { name, property in
      required.contains(name) && isText(property) && property["enum"] == nil
    }.count
    for (name, property) in properties {
      let slot = Slot(name: name, schema: property, isOnlyText: freeTexts == 1)
      if slot.isPath, slot.isText, let given = path {
        arguments[name] = .string(given)
        path = nil
      } else if let value = prepared[name] {
        arguments[name] = value
      } else if property["const"] != nil {
        if required.contains(name) { arguments[name] = property["const"] }
      } else if wanted.contains(name) {
        if let value = value(for: slot) {
          arguments[name] = value
        } else if let value = property["default"] {
          arguments[name] = value
        } else if required.contains(name) {
          throw Missing(argument: name, reason: slot.want)
        }
      } else if slot.type == "boolean", slot.stems.contains("cas"), !task.symbols.isEmpty {
        // Programs tell `sessionLog` from `SessionLog`.
        arguments[name] = .bool(slot.stems.contains("sensitiv"))
      } else if slot.schema["enum"] != nil || slot.isNumber, let value = namedValue(for: slot) {
        arguments[name] = value
      }
    }
    return .object(arguments)
  }

  /// The names of all arguments that name a file and must be given.
  static func requiredPath(in schema: JSONValue) -> String? {
    let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    return required.first { name in
      schema["properties"]?[name].map { Slot(name: name, schema: $0, isOnlyText: false).isPath } ?? false
    }
  }

  private func isText(_ schema: JSONValue) -> Bool { Slot(name: "", schema: schema, isOnlyText: false).isText }

  private func value(for slot: Slot) -> JSONValue? {
    if let choice = choice(for: slot) { return choice }
    if slot.schema["enum"] != nil { return nil }
    switch slot.type {
    case "integer", "number": return number(for: slot)
    case "boolean": return slot.schema["default"] ?? .bool(task.allWords.stems.contains(slot.stems.last ?? ""))
    case "array":
      guard let items = slot.schema["items"] else { return nil }
      let item = Slot(name: slot.name, schema: items, isOnlyText: slot.isOnlyText)
      if item.isPath, item.isText, !paths.isEmpty { return .array(paths.map { .string($0) }) }
      if item.isText, !task.quoted.isEmpty { return .array(task.quoted.map { .string($0) }) }
      return value(for: item).map { .array([$0]) }
    case "object": return try? fill(slot.schema)
    default: return text(for: slot).map { .string($0) }
    }
  }

  /// A value for an optional argument, only when the request speaks of it.
  private func namedValue(for slot: Slot) -> JSONValue? {
    slot.isNumber ? number(for: slot, mustBeNamed: true) : choice(for: slot, mustBeSaid: true)
  }

  private func choice(for slot: Slot, mustBeSaid: Bool = false) -> JSONValue? {
    guard let choices = slot.schema["enum"]?.arrayValue else { return nil }
    let said = choices.first { choice in
      guard let text = choice.stringValue else { return false }
      let aliases = OfflineLexicon.languageAliases(text).filter { $0.count > 2 }
      return !task.words.positions(of: OfflineWords(text).stems).isEmpty && (text.count > 2 || aliases.isEmpty)
        || aliases.contains { task.words.words.contains($0) }
    }
    if said != nil || mustBeSaid { return said }
    return choices.count == 1 ? choices.first : Optional.none
  }

  private func number(for slot: Slot, mustBeNamed: Bool = false) -> JSONValue? {
    let isCount = ["limit", "top", "n", "count", "max"].contains(slot.stems.first ?? "")
    var all: [(value: JSONValue, isNamed: Bool)] = []
    let tokens = task.tokens.map { $0.lowercased() }
    for (index, token) in tokens.enumerated() {
      let literal = try? JSONValue(parsing: token)
      guard let value = OfflineLexicon.number(token).map({ .int(Int64($0)) }) ?? literal, value.isNumber else {
        continue
      }
      guard slot.type != "integer" || value.isIntegral, isInRange(value, slot.schema) else { continue }
      let around = tokens[max(0, index - 2)..<min(tokens.count, index + 2)]
      let isNamed = around.contains { slot.stems.contains(OfflineLexicon.stem($0)) }
      all.append((value, isNamed || (isCount && around.contains { OfflineLexicon.descending.contains($0) })))
    }
    if let named = all.first(where: \.isNamed) { return named.value }
    guard !mustBeNamed, all.count == 1 else { return nil }
    return all[0].value
  }

  private func isInRange(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    guard let number = value.doubleValue else { return false }
    return number >= schema["minimum"]?.doubleValue ?? -.infinity
      && number <= schema["maximum"]?.doubleValue ?? .infinity
  }

  /// Files the request is about, where they really are.
  var paths: [String] { facts.relevant(to: task) }
}
