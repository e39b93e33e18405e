import SandboxCore

extension ManifestReader {
  // MARK: - Description and arguments

  mutating func readDescription(_ id: ToolID) -> String {
    let paths = [["schema", "description"], ["description"], ["metadata", "description"]]
    guard let (path, value) = first(paths) else {
      warning(paths[0], "is missing; a model needs it to know what the tool does")
      return id.rawValue
    }
    guard let text = value.stringValue else {
      problem(path, "must be a string, not \(value.typeName)")
      return ""
    }
    return text
  }

  /// The schema of the arguments, always with `type: object`.
  mutating func readParameters() -> JSONValue {
    var found = first([["schema", "parameters"], ["parameters"]])
    if found == nil, let schema = value(["schema"]), schema["type"] != nil || schema["properties"] != nil {
      warning(
        ["schema"],
        "is itself a schema of the arguments, which belongs at /schema/parameters; read from here all the same")
      found = (["schema"], schema)
    }
    guard let (path, value) = found else { return ["type": "object", "properties": [:]] }
    guard let object = value.objectValue else {
      problem(path, "must be a JSON Schema of an object, not \(value.typeName)")
      return ["type": "object"]
    }
    if let type = object["type"], type != "object" {
      problem(path + ["type"], "must be \"object\": a tool's arguments are one object")
    }
    let schema = JSONValue.object(
      JSONObject([("type", "object")] + object.filter { $0.key != "type" }.map { ($0, $1) }))
    do throws(SandboxError) {
      _ = try JSONSchema(compiling: schema)
    } catch {
      let cause = error.cause as? SchemaProblem
      problem(path + (cause?.pointer.tokens ?? []), cause?.reason ?? error.message)
    }
    return schema
  }

  mutating func readReturns() -> JSONValue? {
    guard let returns = value(["schema", "returns"]) else { return nil }
    if returns.objectValue == nil {
      problem(["schema", "returns"], "must be a JSON Schema, not \(returns.typeName)")
    }
    return returns
  }

  mutating func readExamples(_ parameters: JSONValue) -> [JSONValue] {
    let path = ["schema", "examples"]
    guard let value = value(path) else { return [] }
    guard let examples = value.arrayValue else {
      problem(path, "must be a list of {input, output}, not \(value.typeName)")
      return []
    }
    guard let schema = try? JSONSchema(compiling: parameters) else { return examples }
    for (index, example) in examples.enumerated() {
      guard let input = example["input"], let violation = schema.validate(input).first else { continue }
      warning(
        path + [String(index), "input"] + violation.instancePointer.tokens,
        "does not fit the parameters: \(violation.message)")
    }
    return examples
  }

  // MARK: - Category, rate, cost

  mutating func readCategory() -> String {
    let paths = [["metadata", "category"], ["category"]]
    let known = ToolCategory.allCases.map(\.rawValue).joined(separator: ", ")
    guard let (path, value) = first(paths) else {
      problem(paths[0], "is missing; it must be one of \(known)")
      return ""
    }
    guard let text = value.stringValue else {
      problem(path, "must be a string, not \(value.typeName)")
      return ""
    }
    if let category = ToolCategory(rawValue: text) { return category.rawValue }
    guard let category = ToolCategory.older[text] else {
      problem(path, "\(value.briefText) is not a category; it must be one of \(known)")
      return ""
    }
    warning(path, "\"\(text)\" is now called \"\(category.rawValue)\"")
    return category.rawValue
  }

  mutating func readRateLimit() -> ToolDefinition.RateLimit? {
    guard let (path, value) = first([["metadata", "rateLimit"], ["rateLimit"]]) else { return nil }
    if value.isNumber {
      guard let perMinute = rate(value, path) else { return nil }
      return ToolDefinition.RateLimit(requestsPerMinute: perMinute, burst: max(1, perMinute / 6))
    }
    guard value.objectValue != nil else {
      problem(path, "must be {requestsPerMinute, burst} or a number, not \(value.typeName)")
      return nil
    }
    let place = path + ["requestsPerMinute"]
    guard let number = self.value(place) else {
      problem(place, "is missing; it must be an integer from 1 to 1000000")
      return nil
    }
    guard let perMinute = rate(number, place) else { return nil }
    let burst = self.value(path + ["burst"]).map { rate($0, path + ["burst"]) ?? 1 }
    return ToolDefinition.RateLimit(requestsPerMinute: perMinute, burst: burst ?? max(1, perMinute / 6))
  }

  private mutating func rate(_ value: JSONValue, _ path: [String]) -> Int? {
    if let number = value.intValue, (1...1_000_000).contains(number) { return number }
    problem(path, "must be an integer from 1 to 1000000, not \(value.briefText)")
    return nil
  }

  mutating func readCost() -> Money {
    guard let (path, value) = first([["metadata", "costEstimate"], ["costEstimate"]]) else { return .zero }
    if value.isNumber { return money(value, path) }
    guard value.objectValue != nil else {
      problem(path, "must be {perRequest, currency} or a number, not \(value.typeName)")
      return .zero
    }
    if let currency = self.value(path + ["currency"]), currency != "USD" {
      problem(path + ["currency"], "must be \"USD\", not \(currency.briefText)")
    }
    guard let amount = self.value(path + ["perRequest"]) else {
      problem(path + ["perRequest"], "is missing; it must be US dollars a call")
      return .zero
    }
    return money(amount, path + ["perRequest"])
  }

  private mutating func money(_ value: JSONValue, _ path: [String]) -> Money {
    guard value.isNumber, let dollars = value.doubleValue, (0...1_000_000).contains(dollars) else {
      problem(path, "must be US dollars from 0 to 1000000, not \(value.briefText)")
      return .zero
    }
    // A fraction of a micro-dollar is rounded up; the subtraction only takes off what binary fractions add.
    return Money(microdollars: Int64((dollars * 1_000_000 - 1e-6).rounded(.up)))
  }

  // MARK: - How it behaves

  mutating func readEffect() -> ToolEffect { choice(["effect"]) ?? .unsafe }

  mutating func readApproval() -> ToolManifest.Approval { choice(["approval"]) ?? .never }

  // MARK: - Fields that do nothing

  /// Says which fields have no effect, so that a misspelt one does not go unnoticed.
  mutating func noteUnusedFields() {
    note(
      in: [],
      known: [
        "id", "name", "type", "version", "description", "schema", "parameters", "metadata", "category", "rateLimit",
        "costEstimate", "command", "builtin", "effect", "approval", "fallback", "writes", "isEnabled", "isPublic",
        "createdAt", "updatedAt", "$schema",
      ])
    note(in: ["metadata"], known: ["category", "description", "rateLimit", "costEstimate"])
    if value(["schema", "parameters"]) != nil {
      note(in: ["schema"], known: ["description", "parameters", "returns", "examples"])
    }
    note(in: ["command"], known: ["argv", "stdin", "output", "timeoutMs"])
    for path in [["schema"], ["metadata"], ["command"]] {
      guard let value = value(path), value.objectValue == nil else { continue }
      problem(path, "must be an object, not \(value.typeName)")
    }
  }

  private mutating func note(in path: [String], known: Set<String>) {
    guard let object = value(path)?.objectValue else { return }
    for key in object.keys where !known.contains(key) {
      warning(path + [key], Self.reasons[key] ?? "is not a field of a manifest; it has no effect")
    }
  }

  private static let reasons: [String: String] = Dictionary(
    uniqueKeysWithValues: ["endpoint", "mcpPath", "resourceName", "apiKey", "apiKeyField", "credentials"].map {
      ($0, "is only for api and mcp tools; it has no effect")
    } + [("handler", "is not used: a builtin names its handler by \"builtin\", a command its program by \"command\"")])
}
