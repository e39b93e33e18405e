import SandboxCore

/// Reads the pattern grammar of ECMA-262 with the `u` flag.
struct PatternParser {
  let source: String
  private let scalars: [Unicode.Scalar]
  /// The place of the next scalar.
  private(set) var index = 0
  /// Names of groups that can take part in the same match as what is read next.
  private var groupNames: Set<String> = []
  private var lookarounds = 0

  static func parse(_ source: String) throws(SandboxError) -> PatternNode {
    guard source.unicodeScalars.count <= Pattern.maximumLength else {
      throw SandboxError(
        .unsupported,
        "the pattern \(source.quotedPattern) is longer than \(Pattern.maximumLength) characters; shorten it")
    }
    var parser = PatternParser(source: source)
    let pattern = try parser.choice(depth: 0)
    guard parser.next == nil else { throw parser.invalid("\")\" without \"(\"; write \"\\)\" for the character") }
    return pattern
  }

  private init(source: String) {
    self.source = source
    scalars = Array(source.unicodeScalars)
  }

  private mutating func choice(depth: Int) throws(SandboxError) -> PatternNode {
    guard depth <= Pattern.maximumDepth else {
      throw unsupported("groups are nested deeper than \(Pattern.maximumDepth)")
    }
    let outerNames = groupNames
    var names = outerNames
    var options: [PatternNode] = []
    repeat {
      groupNames = outerNames
      options.append(try sequence(depth: depth))
      names.formUnion(groupNames)
    } while skip("|")
    groupNames = names
    return options.count == 1 ? options[0] : .choice(options)
  }

  private mutating func sequence(depth: Int) throws(SandboxError) -> PatternNode {
    var items: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      let item = try term(depth: depth)
      if !item.isEmpty { items.append(item) }
    }
    return items.count > 1 ? .sequence(items) : items.first ?? .empty
  }

  private mutating func term(depth: Int) throws(SandboxError) -> PatternNode {
    if let assertion = try assertion(depth: depth) { return assertion }
    let atom = try atom(depth: depth)
    guard let (minimum, maximum) = try quantifier() else { return atom }
    return atom.isEmpty || maximum == 0 ? .empty : .repeated(atom, minimum: minimum, maximum: maximum)
  }

  /// What must hold at a place; it takes no quantifier.
  private mutating func assertion(depth: Int) throws(SandboxError) -> PatternNode? {
    if skip("^") { return .assertion(.start) }
    if skip("$") { return .assertion(.end) }
    if skip("\\b") { return .assertion(.wordBoundary) }
    if skip("\\B") { return .assertion(.noWordBoundary) }
    if skip("(?=") { return try look(isAhead: true, isNegated: false, depth: depth) }
    if skip("(?!") { return try look(isAhead: true, isNegated: true, depth: depth) }
    if skip("(?<=") { return try look(isAhead: false, isNegated: false, depth: depth) }
    if skip("(?<!") { return try look(isAhead: false, isNegated: true, depth: depth) }
    return nil
  }

  private mutating func look(isAhead: Bool, isNegated: Bool, depth: Int) throws(SandboxError) -> PatternNode {
    lookarounds += 1
    let id = lookarounds
    guard id <= Pattern.maximumLookarounds else {
      throw unsupported("there are more than \(Pattern.maximumLookarounds) lookarounds")
    }
    let body = try choice(depth: depth + 1)
    try closeGroup()
    return .look(body, id: id, isAhead: isAhead, isNegated: isNegated)
  }

  private mutating func atom(depth: Int) throws(SandboxError) -> PatternNode {
    switch next {
    case ".":
      advance()
      return .set(.dot)
    case "(": return try group(depth: depth)
    case "[": return try characterClass()
    case "\\": return try atomEscape()
    case "*", "+", "?", "{": throw invalid("nothing to repeat; write a \"\\\" before it for the character itself")
    case "]", "}": throw invalid("the character must be written with a \"\\\" before it")
    case let scalar?:
      advance()
      return .scalar(scalar.value)
    case nil: return .empty
    }
  }

  private mutating func group(depth: Int) throws(SandboxError) -> PatternNode {
    advance()
    if skip("?<") {
      let start = index
      let name = try groupName()
      guard groupNames.insert(name).inserted else {
        throw invalid("there is already a group with this name", at: start)
      }
    } else if next == "?", !skip("?:") {
      if let flag = peek(1), "imsIMS-".unicodeScalars.contains(flag) {
        throw unsupported("flags inside of a pattern are not supported")
      }
      throw invalid("a group cannot begin like this; \"(?:\", \"(?=\", \"(?!\", \"(?<=\", \"(?<!\", \"(?<name>\" can")
    }
    let body = try choice(depth: depth + 1)
    try closeGroup()
    return body
  }

  private mutating func closeGroup() throws(SandboxError) {
    guard skip(")") else { throw invalid("a group is not closed; \")\" is missing") }
  }

  private mutating func groupName() throws(SandboxError) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = next, scalar != ">" {
      let isAllowed =
        scalar == "$" || scalar == "_" || scalar.properties.isIDStart
        || !name.isEmpty && (scalar.properties.isIDContinue || scalar == "\u{200C}" || scalar == "\u{200D}")
      guard isAllowed else { throw invalid("the name of a group must be an identifier") }
      name.append(scalar)
      advance()
    }
    guard !name.isEmpty, skip(">") else { throw invalid("the name of a group is missing or is not closed by \">\"") }
    return String(name)
  }
}

// MARK: - Reading

extension PatternParser {
  var next: Unicode.Scalar? { peek(0) }

  func peek(_ distance: Int) -> Unicode.Scalar? {
    index + distance < scalars.count ? scalars[index + distance] : nil
  }

  mutating func advance(_ count: Int = 1) { index += count }

  mutating func skip(_ text: StaticString) -> Bool {
    // All that is asked for is ASCII.
    text.withUTF8Buffer { bytes in
      guard bytes.indices.allSatisfy({ peek($0)?.value == UInt32(bytes[$0]) }) else { return false }
      index += bytes.count
      return true
    }
  }

  func invalid(_ reason: String, at place: Int? = nil) -> SandboxError {
    SandboxError(.invalidArgument, message(reason, at: place))
  }

  func unsupported(_ reason: String, at place: Int? = nil) -> SandboxError {
    SandboxError(.unsupported, message(reason, at: place))
  }

  private func message(_ reason: String, at place: Int?) -> String {
    "the pattern \(source.quotedPattern) is not usable: at character \((place ?? index) + 1): \(reason)"
  }
}

extension String {
  /// This pattern for a message.
  var quotedPattern: String { JSONValue.string(excerpt(100)).text() }
}
