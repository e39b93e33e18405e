import SandboxCore

/// Reads a policy and collects everything that is wrong with it. What it returns is only of use when there is no
/// problem.
struct PolicyReader {
  private(set) var problems: [PolicyProblem] = []
  private var ids: Set<String> = []
  /// Of all patterns so far.
  var patternSize = 0

  mutating func read(_ value: JSONValue) -> Policy? {
    guard let policy = object(value, at: .root, members: ["$schema", "default", "rules"]) else { return nil }
    let standard: Policy.Action? = choice(required(policy, "default", at: .root), at: JSONPointer.root / "default")
    return Policy(standard: standard ?? .deny, rules: readRules(policy["rules"], at: JSONPointer.root / "rules"))
  }

  private mutating func readRules(_ value: JSONValue?, at place: JSONPointer) -> [PolicyRule] {
    guard let value else { return [] }
    guard let elements = value.arrayValue else {
      problem(place, "must be a list of rules, not \(value.typeName)")
      return []
    }
    guard elements.count <= Policy.maximumRules else {
      problem(place, "has \(elements.count) rules; \(Policy.maximumRules) are allowed")
      return []
    }
    var rules: [PolicyRule] = []
    for (index, element) in elements.enumerated() {
      if let rule = readRule(element, at: place.appending(index: index)) { rules.append(rule) }
    }
    return rules
  }

  private mutating func readRule(_ value: JSONValue, at place: JSONPointer) -> PolicyRule? {
    guard let rule = object(value, at: place, members: ["id", "match", "action", "reason"]) else { return nil }
    let id = readID(rule, at: place)
    let match = required(rule, "match", at: place).map { readMatch($0, at: place / "match") }
    let action: Policy.Action? = choice(required(rule, "action", at: place), at: place / "action")
    let reason = rule["reason"].flatMap { text($0, at: place / "reason") }
    if let reason, reason.unicodeScalars.count > 500 {
      problem(place / "reason", "is longer than 500 characters")
    }
    guard let id, let match, let action else { return nil }
    return PolicyRule(id: id, match: match, action: action, reason: reason?.excerpt(500))
  }

  private mutating func readID(_ rule: JSONObject, at place: JSONPointer) -> String? {
    guard let id = required(rule, "id", at: place).flatMap({ text($0, at: place / "id") }) else { return nil }
    if let reason = NameGrammar.problem(in: id) {
      problem(place / "id", reason)
    } else if !ids.insert(id).inserted {
      problem(place / "id", "there is already a rule \"\(id)\"")
    }
    return id
  }

  mutating func problem(_ place: JSONPointer, _ reason: String) {
    guard problems.count < PolicyProblems.maximum else { return }
    problems.append(PolicyProblem(pointer: place, reason: reason.excerpt(500)))
  }
}
