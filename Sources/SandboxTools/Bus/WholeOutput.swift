package import SandboxCore
import SandboxIO

/// All that a tool returned, for those who want more than a model reads: texts, bytes and files, one after another.
///
/// Files are read when they are wanted. Secrets may still be in it.
package struct WholeOutput: BlobSource, Hashable {
  private enum Part: Sendable, Hashable {
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

    func piece(at offset: Int, limit: Int) throws(SandboxError) -> [UInt8] {
      switch self {
      case .text(let text): Array(text.utf8.dropFirst(offset).prefix(limit))
      case .bytes(let bytes): Array(bytes.dropFirst(offset).prefix(limit))
      case .file(let file): try file.read(at: offset, limit: limit)
      }
    }
  }

  private let parts: [Part]
  let isJSON: Bool
  /// False when the middle is missing, because it could not be written to a file.
  let isWhole: Bool
  private var index = 0
  private var offset = 0

  private static let pieceBytes = 64 << 10

  init(_ text: String, isJSON: Bool = false) {
    parts = [.text(text)]
    self.isJSON = isJSON
    isWhole = true
  }

  /// What a program wrote; what is not called an error comes first.
  init(_ output: CapturedOutput, error: CapturedOutput? = nil) {
    var parts = [Self.part(output)]
    if let error, error.totalBytes > 0 { parts += [.text("\n[standard error]\n"), Self.part(error)] }
    self.parts = parts
    isJSON = false
    isWhole = [output, error].allSatisfy { $0.map { $0.whole != nil || !$0.truncated } ?? true }
  }

  private static func part(_ output: CapturedOutput) -> Part {
    output.whole.map { .file($0) } ?? (output.truncated ? .text(output.text) : .bytes(output.head + output.tail))
  }

  var count: Int { parts.reduce(0) { $0 + $1.count } }

  package mutating func next() throws(SandboxError) -> [UInt8] {
    while index < parts.count {
      let piece = try parts[index].piece(at: offset, limit: Self.pieceBytes)
      offset += piece.count
      if !piece.isEmpty { return piece }
      (index, offset) = (index + 1, 0)
    }
    return []
  }
}
