import SandboxCore

/// Keeps a list within what a model gets to read of one result, so that the list ends with a whole entry and says that
/// there is more, instead of being cut in its middle.
struct ResultBudget {
  /// What a result's fields besides the list may take.
  private static let margin = 2 << 10

  static let maximumBytes = ToolText.maximumBytes - margin

  private var bytes = 0

  /// Counts another entry; false when it does not fit. The first always does.
  mutating func admits(_ entry: JSONValue) -> Bool {
    let size = entry.utf8().count + 1
    guard bytes == 0 || bytes + size <= Self.maximumBytes else { return false }
    bytes += size
    return true
  }
}
