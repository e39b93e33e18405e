/// Content that may be too large for memory, given out piece by piece.
package protocol BlobSource: Sendable {
  /// The next piece, of some 64 KiB; empty at the end, and from then on. It may wait for a disk.
  mutating func next() throws(SandboxError) -> [UInt8]
}
