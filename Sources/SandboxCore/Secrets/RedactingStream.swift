/// Redacts a text that comes in pieces; the result is the same however it was cut.
///
/// Bytes that can still become part of something to be hidden are held back, fewer than ``Redactor/longest``, usually
/// three.
package struct RedactingStream: Sendable {
  private let redactor: Redactor
  private var scan = RedactionScan()
  /// The last bytes that were given out, to look back at, and those that are held back.
  private var buffer: [UInt8] = []
  private var start = 0

  package init(_ redactor: Redactor) { self.redactor = redactor }

  /// Takes the next piece and returns what can be given out.
  package mutating func push(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    buffer.append(contentsOf: bytes)
    return advance(isFinal: false)
  }

  /// Returns the rest. The next piece begins a new text.
  package mutating func finish() -> [UInt8] {
    defer { self = RedactingStream(redactor) }
    return advance(isFinal: true)
  }

  /// How many bytes are held back.
  var heldBack: Int { buffer.count - start }

  private mutating func advance(isFinal: Bool) -> [UInt8] {
    var output: [UInt8] = []
    let end = buffer.withUnsafeBufferPointer { text in
      let end = scan.run(redactor.table, text, from: start, isFinal: isFinal)
      scan.write(text, from: start, to: end, into: &output)
      return end
    }
    redactor.count(scan.masks.count - (scan.isCarried ? 1 : 0))
    let dropped = max(0, end - TextProbe.lookBehind)
    scan.advance(to: end, dropping: dropped)
    buffer.removeFirst(dropped)
    start = end - dropped
    return output
  }
}
