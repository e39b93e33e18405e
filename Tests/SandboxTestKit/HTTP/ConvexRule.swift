package import SandboxCore

/// A validator as Convex has them: a closed set of fields with types.
package indirect enum ConvexRule: Sendable {
  case string
  case number
  case bool
  case any
  case oneOf(Set<String>)
  case array(ConvexRule)
  case object(required: [String: ConvexRule], optional: [String: ConvexRule] = [:])

  /// What Convex says when the value does not fit; nil when it does.
  package func problem(in value: JSONValue) -> String? {
    switch (self, value) {
    case (.any, _), (.string, .string), (.number, .int), (.number, .double), (.bool, .bool): return nil
    case (.oneOf(let words), .string(let word)) where words.contains(word): return nil
    case (.array(let rule), .array(let elements)): return elements.lazy.compactMap(rule.problem).first
    case (.object(let required, let optional), .object(let object)):
      for name in required.keys.sorted() where object[name] == nil {
        return "Object is missing the required field `\(name)`."
      }
      for (name, member) in object {
        guard let rule = required[name] ?? optional[name] else { return "Object contains extra field `\(name)`." }
        if let problem = rule.problem(in: member) { return problem }
      }
      return nil
    default: return "Value does not match validator."
    }
  }

  /// What no validator lets pass: names and sizes that Convex cannot store.
  package static func storageProblem(in value: JSONValue, depth: Int = 1) -> String? {
    guard depth <= 17 else { return "Value is nested too deeply." }
    switch value {
    case .decimal: return "Number is out of range."
    case .array(let elements):
      if elements.count > 8192 { return "Array is too long." }
      return elements.lazy.compactMap { storageProblem(in: $0, depth: depth + 1) }.first
    case .object(let object):
      if object.count > 1024 { return "Object has too many fields." }
      for (name, member) in object {
        let isName = !name.isEmpty && !name.hasPrefix("$") && name.utf8.allSatisfy { (32...126).contains($0) }
        guard isName, name.utf8.count <= 1024 else { return "Field name \(name) is not allowed." }
        if let problem = storageProblem(in: member, depth: depth + 1) { return problem }
      }
      return nil
    default: return nil
    }
  }
}
