/// What the parser refuses to read, so that hostile input costs neither stack nor memory.
package struct JSONLimits: Sendable, Hashable {
  /// How many arrays and objects may be inside one another. Never more than 1,000, whatever is asked for.
  package let depth: Int
  /// Bytes of text.
  package let size: Int

  package init(depth: Int = 256, size: Int = 64 << 20) {
    self.depth = min(depth, 1_000)
    self.size = size
  }

  package static let `default` = JSONLimits()
}
