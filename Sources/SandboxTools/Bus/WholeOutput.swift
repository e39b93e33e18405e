package import SandboxCore
import SandboxIO

/// All that a tool returned, for those who want more than a model reads: texts, bytes and files, one after another.
///
/// Files are read when they are wanted. Secrets are still in it.
package struct WholeOutput: BlobSource, Hashable {
  enum Part: Sendable, Hashable {
    case text(String)
    case bytes([UInt8])
    case file(OutputFile)

    var count: Int {
      switch self {
      case .text(let text): text.utf8.count
      case .bytes(let bytes): bytes.count
      case .file(let file): file.count
      }
    }
  }

  private let parts: [Part]
  let isJSON: Bool
  private var index = 0
  private var offset = 0
  /// How many bytes are given out at most.
  private var left = Int.max

  private static let pieceBytes = 64 << 10

  init(_ parts: [Part], isJSON: Bool = false) {
    self.parts = parts
    self.isJSON = isJSON
  }

  init(_ output: CapturedOutput) {
    self.init([Self.part(output)])
  }

  /// Both streams of a program: what is called its output comes first.
  init(_ output: CapturedOutput, error: CapturedOutput) {
    let errorParts = error.totalBytes == 0 ? [] : [.text("\n[standard error]\n"), Self.part(error)]
    self.init([Self.part(output)] + errorParts)
  }

  private static func part(_ output: CapturedOutput) -> Part {
    // What could not be written to a file is what there is of it.
    output.whole.map { .file($0) } ?? (output.truncated ? .text(output.text) : .bytes(output.head + output.tail))
  }

  /// Whether nothing that the tool returned is missing.
  var isWhole: Bool {
    parts.allSatisfy { part in
      switch part {
      case .text, .bytes: true
      case .file(let file): file.isComplete
      }
    }
  }

  var count: Int { min(left, parts.reduce(0) { $0 + $1.count }) }

  /// The beginning of it.
  func prefix(_ bytes: Int) -> WholeOutput {
    var copy = self
    copy.left = min(left, bytes)
    return copy
  }

  package mutating func next() throws(SandboxError) -> [UInt8] {
    while left > 0, index < parts.count {
      let piece = try Self.piece(of: parts[index], at: offset, limit: min(Self.pieceBytes, left))
      offset += piece.count
      left -= piece.count
      if !piece.isEmpty { return piece }
      (index, offset) = (index + 1, 0)
    }
    return []
  }

  private static func piece(of part: Part, at offset: Int, limit: Int) throws(SandboxError) -> [UInt8] {
    switch part {
    case .text(let text): Array(text.utf8.dropFirst(offset).prefix(limit))
    case .bytes(let bytes): Array(bytes.dropFirst(offset).prefix(limit))
    case .file(let file): try file.read(at: offset, limit: limit)
    }
  }
}
