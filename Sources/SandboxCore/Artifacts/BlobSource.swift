/// Content that may be too large for memory, given out piece by piece.
package protocol BlobSource: Sendable {
  /// The next piece, of some 64 KiB; empty at the end, and from then on. It may wait for a disk.
  mutating func next() throws(SandboxError) -> [UInt8]
}

extension BlobSource {
  /// Hands over one piece after another, the last one cut off where the limit is.
  package mutating func forEachPiece(
    upTo limit: Int, _ body: ([UInt8]) throws(SandboxError) -> Void
  ) throws(SandboxError) {
    var left = limit
    while left > 0 {
      let piece = try next()
      if piece.isEmpty { return }
      try body(piece.count > left ? Array(piece[..<left]) : piece)
      left -= piece.count
    }
  }
}
