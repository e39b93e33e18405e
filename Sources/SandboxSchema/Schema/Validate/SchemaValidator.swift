import SandboxCore

/// One run of a compiled schema over a value.
///
/// Most values fit, so the first run only asks whether this one does, and stops at the first thing that does not fit. A
/// second run then finds out what to say. Both are the same code: a run that is not reporting gives up at once where a
/// reporting one goes on.
struct SchemaValidator {
  let program: SchemaProgram
  var violations: [SchemaViolation] = []
  var isReporting: Bool
  var isGivenUp = false
  /// The parts of the value at hand that were described; nil where nobody asks.
  var evaluated: EvaluatedParts?
  /// The way to the value at hand; kept only when reporting.
  private var path: [Token] = []
  /// The resources on the way to the schema at hand, the outermost first; kept only for dynamic references.
  private(set) var resources: [Int] = []
  private var steps = Self.maximumSteps
  private var patternWork = Self.maximumPatternWork

  /// About a tenth of a microsecond each.
  private static let maximumSteps = 1_000_000
  private static let maximumPatternWork = 8_000_000
  /// Schemas inside of one another, which is the depth of the recursion: at about a kilobyte each, they fit into a stack
  /// of 256 KiB.
  static let maximumDepth = 160

  private enum Token {
    case key(String)
    case index(Int)
  }

  static func violations(of program: SchemaProgram, in value: JSONValue) -> [SchemaViolation] {
    var asking = SchemaValidator(program: program, isReporting: false)
    let isFit = asking.fits(value, 0, 0)
    if asking.isGivenUp { return [asking.violation("is too deep or too large to be checked", program.nodes[0], "")] }
    if isFit { return [] }
    var reporting = SchemaValidator(program: program, isReporting: true)
    _ = reporting.fits(value, 0, 0)
    if !reporting.violations.isEmpty { return reporting.violations }
    reporting.path = []
    return [reporting.violation("does not fit, in too intricate a way to tell", program.nodes[0], "")]
  }

  private init(program: SchemaProgram, isReporting: Bool) {
    self.program = program
    self.isReporting = isReporting
  }

  // MARK: - Running

  mutating func fits(_ value: JSONValue, _ index: Int, _ depth: Int) -> Bool {
    guard spend(1), depth < Self.maximumDepth else {
      isGivenUp = true
      return false
    }
    let node = program.nodes[index]
    let isEntered = !program.dynamicAnchors.isEmpty && resources.last != node.resource
    if isEntered { resources.append(node.resource) }
    let isFit = node.tracksParts ? fitsTracked(value, node, depth) : fitsRules(value, node, depth)
    if isEntered { resources.removeLast() }
    return isFit
  }

  /// As above, for an element or a property of the value at hand.
  mutating func fits(_ part: JSONValue, key: String, _ schema: Int, _ depth: Int) -> Bool {
    if isReporting { path.append(.key(key)) }
    let isFit = fitsPart(part, schema, depth)
    if isReporting { path.removeLast() }
    return isFit
  }

  mutating func fits(_ part: JSONValue, index: Int, _ schema: Int, _ depth: Int) -> Bool {
    if isReporting { path.append(.index(index)) }
    let isFit = fitsPart(part, schema, depth)
    if isReporting { path.removeLast() }
    return isFit
  }

  private mutating func fitsPart(_ part: JSONValue, _ schema: Int, _ depth: Int) -> Bool {
    guard evaluated != nil else { return fits(part, schema, depth + 1) }
    let outer = evaluated
    evaluated = nil
    let isFit = fits(part, schema, depth + 1)
    evaluated = outer
    return isFit
  }

  /// Whether the value fits, without saying why not. What a schema described that does not fit is forgotten.
  mutating func fitsQuietly(_ value: JSONValue, _ schema: Int, _ depth: Int) -> Bool {
    let (before, wasReporting) = (evaluated, isReporting)
    isReporting = false
    let isFit = fits(value, schema, depth + 1)
    isReporting = wasReporting
    if !isFit { evaluated = before }
    return isFit
  }

  /// The parts that a schema's own keywords and those of the schemas in it described count for it; those of schemas
  /// around or beside it do not.
  private mutating func fitsTracked(_ value: JSONValue, _ node: SchemaNode, _ depth: Int) -> Bool {
    let outer = evaluated
    evaluated = EvaluatedParts(count: value.partCount)
    guard spend(value.partCount >> 4) else { return false }
    let isFit = fitsRules(value, node, depth)
    if var merged = outer {
      if let evaluated { merged.formUnion(evaluated) }
      evaluated = merged
    } else {
      evaluated = nil
    }
    return isFit
  }

  private mutating func fitsRules(_ value: JSONValue, _ node: SchemaNode, _ depth: Int) -> Bool {
    var isFit = fitsAlone(value, node)
    if !isFit, !goesOn { return false }
    if !node.rules.inPlace.isEmpty, !fitsInPlace(value, node, depth) {
      isFit = false
      if !goesOn { return false }
    }
    switch value {
    case .array(let elements): return fitsArray(elements, node, depth) && isFit
    case .object(let object): return fitsObject(object, node, depth) && isFit
    default: return isFit
    }
  }

  // MARK: - Bounds

  /// Whether there is more to find out after something that does not fit.
  var goesOn: Bool { isReporting && !isGivenUp && violations.count < JSONSchema.maximumViolations }

  mutating func spend(_ amount: Int) -> Bool {
    steps -= amount
    if steps < 0 { isGivenUp = true }
    return !isGivenUp
  }

  mutating func isFound(_ pattern: Pattern, in text: String) -> Bool {
    // A search sets up its states before it counts them.
    guard spend(1 + (pattern.size >> 5)) else { return false }
    guard let isFound = pattern.isFound(in: text, work: &patternWork) else {
      isGivenUp = true
      return false
    }
    return isFound
  }

  // MARK: - Reporting

  /// Always false, for the caller to pass on. The message is only made when it is wanted.
  mutating func report(_ node: SchemaNode, _ keyword: String, _ message: () -> String) -> Bool {
    if goesOn { violations.append(violation(message(), node, keyword)) }
    return false
  }

  /// As above, about a property of the value at hand.
  mutating func report(_ key: String, _ node: SchemaNode, _ keyword: String, _ message: () -> String) -> Bool {
    guard goesOn else { return false }
    path.append(.key(key))
    defer { path.removeLast() }
    return report(node, keyword, message)
  }

  var instancePointer: JSONPointer {
    JSONPointer(
      tokens: path.map { token in
        switch token {
        case .key(let key): key.utf8.count > 200 ? "\(String(key.unicodeScalars.prefix(100)))…" : key
        case .index(let index): String(index)
        }
      })
  }

  private func violation(_ message: String, _ node: SchemaNode, _ keyword: String) -> SchemaViolation {
    SchemaViolation(
      instancePointer: instancePointer,
      schemaPointer: keyword.isEmpty ? node.pointer : node.pointer.appending(key: keyword), keyword: keyword,
      message: message)
  }
}

extension JSONValue {
  /// Elements or properties.
  fileprivate var partCount: Int {
    switch self {
    case .array(let elements): elements.count
    case .object(let object): object.count
    default: 0
    }
  }
}
