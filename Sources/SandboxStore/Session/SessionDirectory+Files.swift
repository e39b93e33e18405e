package import SandboxCore

extension SessionDirectory {
  /// Replaces `status.json` in one step; a reader never sees a part of it.
  ///
  /// - Parameter isDurable: wait until it would survive a loss of power. Not for the one that is written each second.
  package func writeStatus(_ status: JSONValue, isDurable: Bool = false) async throws(SandboxError) {
    try await replace(paths.status, in: paths.directory, with: text(status), isDurable: isDurable)
  }

  /// Replaces `result.json` in one step; durable when this returns.
  package func writeResult(_ result: JSONValue) async throws(SandboxError) {
    try await replace(paths.result, in: paths.directory, with: text(result), isDurable: true)
  }

  /// Writes a final artifact under its name, durable when this returns, and gives its path. A file of that name is
  /// replaced.
  ///
  /// - Throws: `.invalidArgument` for a name that is not the name of one file: empty, `.`, `..`, longer than 255 bytes,
  ///   or with a slash or a control character; `.io`.
  @discardableResult
  package func writeArtifact(name: String, bytes: [UInt8]) async throws(SandboxError) -> String {
    guard (1...255).contains(name.utf8.count), name != ".", name != "..",
      !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == UInt8(ascii: "/") })
    else {
      let shown = JSONValue.string(String(name.prefix(80))).text()
      throw SandboxError(
        .invalidArgument, "\(shown) cannot be an artifact's name: use 1 to 255 bytes without / and control characters")
    }
    let path = "\(paths.artifacts)/\(name)"
    try await replace(path, in: paths.artifacts, with: bytes, isDurable: true)
    return path
  }

  private func replace(
    _ path: String, in directory: String, with bytes: [UInt8], isDurable: Bool
  ) async throws(SandboxError) {
    try await queue.run { () throws(SandboxError) in
      try FileSystem.replace(path, in: directory, with: bytes, isDurable: isDurable)
    }
  }

  func text(_ report: JSONValue) -> [UInt8] { redactor.redact(report).utf8(.pretty) + [UInt8(ascii: "\n")] }
}
