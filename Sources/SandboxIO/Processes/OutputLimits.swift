/// How much of a child's output is kept, and how much it may write at all.
package struct OutputLimits: Sendable, Hashable {
  /// Bytes kept from the beginning of each stream.
  package let head: Int
  /// Bytes kept from the end of each stream.
  package let tail: Int
  /// Bytes that both streams may carry together before the child is killed.
  package let total: Int
  /// Where a stream that is longer than the head is kept as a whole, in a file without a name; nil keeps none.
  package let folder: String?

  /// Keeps 256 KiB of each stream, half of it from the end, and allows 64 MiB.
  package static let `default` = OutputLimits()

  package init(head: Int = 128 << 10, tail: Int = 128 << 10, total: Int = 64 << 20, folder: String? = nil) {
    self.head = max(0, head)
    self.tail = max(0, tail)
    self.total = max(0, total)
    self.folder = folder
  }
}
