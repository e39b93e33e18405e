import SandboxCore
import SandboxIO
import SandboxSchema

extension PolicyReader {
  private static let members = ["tool", "category", "effect", "approval", "host", "arguments", "costAbove"]
  private static let categories = ToolCategory.allCases.map(\.rawValue) + ["session"]

  mutating func readMatch(_ value: JSONValue, at place: JSONPointer) -> PolicyMatch {
    var match = PolicyMatch()
    guard let object = object(value, at: place, members: Self.members) else { return match }
    if object.isEmpty {
      problem(place, "must not be empty; for all calls, use \"default\" or {\"tool\": \"*\"}")
    }
    match.tools = object["tool"].map { readTools($0, at: place / "tool") }
    match.categories = object["category"].map { readCategories($0, at: place / "category") }
    match.effects = object["effect"].map { choices($0, at: place / "effect") }
    match.approvals = object["approval"].map { choices($0, at: place / "approval") }
    match.hosts = object["host"].map { readHosts($0, at: place / "host") }
    match.arguments = object["arguments"].map { readArguments($0, at: place / "arguments") } ?? []
    match.costAbove = object["costAbove"].flatMap { readCost($0, at: place / "costAbove") }
    return match
  }

  private mutating func readTools(_ value: JSONValue, at place: JSONPointer) -> [NamePattern] {
    texts(value, at: place).compactMap { text, place in
      if let pattern = NamePattern(text) { return pattern }
      problem(place, "must be an id of ASCII characters, with * for any run of them and ? for any one")
      return nil
    }
  }

  private mutating func readCategories(_ value: JSONValue, at place: JSONPointer) -> Set<String> {
    let texts = texts(value, at: place)
    for (text, place) in texts where !Self.categories.contains(text) {
      let known = Self.categories.joined(separator: ", ")
      problem(place, "\(JSONValue.string(text).briefText) is not a category; it must be one of \(known)")
    }
    return Set(texts.map(\.text))
  }

  private mutating func readHosts(_ value: JSONValue, at place: JSONPointer) -> [NamePattern] {
    texts(value, at: place).compactMap { text, place in
      if let pattern = HostPattern.parse(text) { return pattern }
      problem(
        place,
        """
        \(JSONValue.string(text).briefText) is not a host like example.com, *.example.com, 10.0.0.1 or [::1]: no scheme, \
        no port, other letters as xn--…
        """)
      return nil
    }
  }

  private mutating func readArguments(_ value: JSONValue, at place: JSONPointer) -> [PolicyMatch.Argument] {
    guard let object = value.objectValue, !object.isEmpty else {
      problem(place, "must be an object of JSON pointers and regular expressions, not \(value.briefText)")
      return []
    }
    return object.compactMap { key, value in
      let place = place / key.excerpt(100)
      guard let source = text(value, at: place) else { return nil }
      do throws(SandboxError) {
        let argument = PolicyMatch.Argument(pointer: try JSONPointer(key), pattern: try Pattern(source))
        countPattern(argument.pattern, at: place)
        return argument
      } catch {
        problem(place, error.message)
        return nil
      }
    }
  }

  private mutating func countPattern(_ pattern: Pattern, at place: JSONPointer) {
    let isFirstTooLarge = patternSize <= Policy.maximumPatternSize
    patternSize += pattern.size
    if isFirstTooLarge, patternSize > Policy.maximumPatternSize {
      problem(place, "with this, the patterns of all rules are too large; use smaller counts in {…}, or fewer rules")
    }
  }

  private mutating func readCost(_ value: JSONValue, at place: JSONPointer) -> Money? {
    if value.isNumber, let dollars = value.doubleValue, let cost = Money(dollars: dollars), cost.dollars == dollars {
      return cost
    }
    problem(place, "must be US dollars, not negative, with six decimals at most, not \(value.briefText)")
    return nil
  }
}
