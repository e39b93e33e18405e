package import SandboxCore

/// A regular expression as JSON Schema's `pattern` means it: the syntax of ECMA-262 with the `u` flag and no other,
/// found anywhere in the text, over Unicode scalars.
///
/// The time to search is at most proportional to the text times the pattern, whatever the pattern is. Not supported
/// are back-references, flags inside of a pattern, and properties that the standard library does not know, as scripts.
package struct Pattern: Sendable {
  package let source: String
  private let program: PatternProgram

  /// Unicode scalars in a pattern.
  package static let maximumLength = 50_000
  /// Steps that a pattern may become, counted repetitions written out.
  package static let maximumInstructions = 10_000
  package static let maximumDepth = 200
  package static let maximumLookarounds = 100
  /// Steps of one search, about half a second of work.
  package static let maximumWork = 50_000_000

  /// - Throws: ``SandboxError`` that names the place: `unsupported` for valid patterns that this cannot do or that are
  ///   too large, `invalid_argument` for anything that ECMA-262 does not allow, as escapes without a meaning.
  package init(_ source: String) throws(SandboxError) {
    self.source = source
    program = try PatternCompiler.compile(PatternParser.parse(source), source: source)
  }

  /// Instructions that it was compiled to: what it takes of memory, and at most of time for one character.
  package var size: Int { program.size }

  /// Whether the pattern matches somewhere in the text. A search that would take more than ``maximumWork`` counts as
  /// not found; where that makes a difference, use ``isFound(in:work:)``.
  package func isFound(in text: String) -> Bool {
    var work = Self.maximumWork
    return isFound(in: text, work: &work) ?? false
  }

  /// Whether the pattern matches somewhere in the text; nil when `work`, the number of steps that are left, was used up
  /// before that was known.
  package func isFound(in text: String, work: inout Int) -> Bool? {
    var machine = PatternMachine(program: program, text: text.unicodeScalars, work: work)
    defer { work = machine.work }
    return machine.isFound()
  }
}

extension Pattern: Hashable {
  /// By the exact source: `String` would take texts for equal that are written differently and match differently.
  package static func == (left: Pattern, right: Pattern) -> Bool {
    left.source.utf8.elementsEqual(right.source.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in source.utf8 { hasher.combine(byte) }
  }
}
