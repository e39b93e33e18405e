package import SandboxCore
import SandboxTools

extension AgentProfile {
  package static let maximumCount = 64

  /// Reads `SUB_AGENTS`: an array of `{id?, name, category | categories, specialization?, model?, instructions?, limits?}`,
  /// where an agent that names no category gets the tools of all of them, and `limits` has `maxIterations`, `tokenLimit` and `costLimit` (dollars), each optional.
  ///
  /// - Parameter problems: gets everything that is wrong, each with a JSON pointer and what would be right.
  package static func parse(_ json: JSONValue, problems: inout [String]) -> [AgentProfile] {
    guard let list = json.arrayValue else {
      problems.append("must be an array of agents, not \(json.typeName)")
      return []
    }
    guard list.count <= maximumCount else {
      problems.append("has \(list.count) agents; at most \(maximumCount) are allowed")
      return []
    }
    var profiles: [AgentProfile] = []
    var ids: Set<AgentID> = [.meta, .system]
    for (index, entry) in list.enumerated() {
      guard let profile = parse(entry, at: "/\(index)", problems: &problems) else { continue }
      if !ids.insert(profile.id).inserted {
        problems.append("/\(index)/id: \"\(profile.id)\" is taken; give each agent an id of its own")
      }
      profiles.append(profile)
    }
    return profiles
  }

  private static func parse(_ json: JSONValue, at pointer: String, problems: inout [String]) -> AgentProfile? {
    guard let object = json.objectValue else {
      problems.append("\(pointer): must be an object, not \(json.typeName)")
      return nil
    }
    let known = ["id", "name", "category", "categories", "specialization", "model", "instructions", "limits"]
    for key in object.keys where !known.contains(key) {
      problems.append("\(pointer)/\(key): is not known; known are \(known.joined(separator: ", "))")
    }
    let before = problems.count
    func text(_ key: String) -> String? {
      guard let value = object[key], !value.isNull else { return nil }
      guard let text = value.stringValue, !text.allSatisfy(\.isWhitespace) else {
        problems.append("\(pointer)/\(key): must be text that is not empty")
        return nil
      }
      return text
    }
    var categories = text("category").map { [$0] } ?? []
    if let value = object["categories"], !value.isNull {
      let list = value.arrayValue?.compactMap(\.stringValue) ?? []
      if list.isEmpty || list.count != value.arrayValue?.count {
        problems.append("\(pointer)/categories: must be an array of category names that is not empty")
      }
      categories += list
    }
    categories = categories.map(canonical).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    let name = text("name")
    let id = text("id") ?? (categories.count == 1 ? "omega:\(categories[0])" : name.map { "omega:\(slug($0))" })
    if name == nil, object["name"] == nil { problems.append("\(pointer)/name: is missing") }
    let isGiven = ["category", "categories"].contains { object[$0]?.isNull == false }
    if categories.isEmpty, !isGiven { categories = ToolCategory.allCases.map(\.rawValue) }
    if let id, !isID(id) {
      problems.append("\(pointer)/id: \"\(id.prefix(64))\" must be 1 to 64 of A-Z a-z 0-9 . _ - :")
    }
    let limits = limits(object["limits"], at: pointer + "/limits", problems: &problems)
    let profile = AgentProfile(
      id: AgentID(id ?? ""), name: name ?? "", categories: categories, specialization: text("specialization") ?? "",
      model: text("model"), instructions: text("instructions") ?? "", limits: limits)
    return problems.count == before ? profile : nil
  }

  private static func limits(_ json: JSONValue?, at pointer: String, problems: inout [String]) -> AgentLimits {
    var limits = AgentLimits()
    guard let json, !json.isNull else { return limits }
    guard let object = json.objectValue else {
      problems.append("\(pointer): must be an object, not \(json.typeName)")
      return limits
    }
    for (key, value) in object {
      switch key {
      case "maxIterations", "tokenLimit":
        guard let number = value.intValue, number > 0 else {
          problems.append("\(pointer)/\(key): must be a whole number above 0")
          continue
        }
        if key == "tokenLimit" { limits.budget.tokens = number } else { limits.maxIterations = number }
      case "costLimit":
        guard let cost = value.doubleValue.flatMap(Money.init(dollars:)), cost > .zero else {
          problems.append("\(pointer)/costLimit: must be an amount of dollars above 0")
          continue
        }
        limits.budget.cost = cost
      default: problems.append("\(pointer)/\(key): is not known; known are maxIterations, tokenLimit, costLimit")
      }
    }
    return limits
  }

  /// The documents' other words for the same categories.
  private static func canonical(_ category: String) -> String {
    switch category {
    case "analysis": "analytics"
    case "utility": "execution"
    default: category
    }
  }

  /// A name in the form of an id.
  private static func slug(_ name: String) -> String {
    String(name.lowercased().prefix(48).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  private static func isID(_ text: String) -> Bool {
    text.utf8.count <= 64 && NameGrammar.problem(in: String(text.map { $0 == ":" ? "-" : $0 })) == nil
  }
}
