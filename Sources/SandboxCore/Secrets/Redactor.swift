import Synchronization

/// Hides secrets in whatever leaves the program: known values in their usual forms, and keys of well-known shapes. It
/// stands at the sinks, not where texts are made.
///
/// Several occurrences that overlap become one ``mask``; all other bytes stay as they are. A text is searched once for
/// everything, in time that hardly depends on how many secrets there are.
package struct Redactor: Sendable {
  package static let mask = "[REDACTED]"
  /// Shorter values would hide too much that is no secret.
  package static let leastBytes = SecretForms.leastBytes
  /// Knows no secrets, only the shapes of keys.
  package static let shapesOnly = Redactor(secrets: [])

  let table: RedactionTable
  private let counter = Counter()
  /// How many of the values are too short to be hidden; empty ones do not count.
  package let tooShort: Int

  private final class Counter: Sendable {
    let hits = Atomic(0)
  }

  /// - Parameter secrets: their values; what they consist of, as the lines of a key or the strings of a JSON
  ///   credential, is hidden on its own, too.
  package init(secrets: some Sequence<String>) {
    var forms: Set<[UInt8]> = []
    var tooShort = 0
    for secret in Set(secrets) where !secret.isEmpty {
      if secret.utf8.count < Self.leastBytes { tooShort += 1 }
      // Hiding a part of the mask would never end.
      for leaf in SecretLeaves.of(secret) where leaf.utf8.count >= Self.leastBytes && !Self.mask.contains(leaf) {
        forms.formUnion(SecretForms.all(of: Array(leaf.utf8)))
      }
    }
    table = RedactionTable(forms: forms)
    self.tooShort = tooShort
  }

  /// How often something was hidden, by this redactor and its copies.
  package var hits: Int { counter.hits.load(ordering: .relaxed) }

  /// The most bytes that can have to be seen to know whether a secret begins; a stream holds back fewer.
  package var longest: Int { table.longest }

  /// Whether nothing is to be hidden.
  package func isClean(_ text: String) -> Bool {
    if text.utf8.count < RedactionTable.leastCount { return true }
    var text = text
    return text.withUTF8 { scan($0).masks.isEmpty }
  }

  package func redact(_ text: String) -> String { redacted(text) ?? text }

  /// Nil when there is nothing to hide.
  func redacted(_ text: String) -> String? {
    if text.utf8.count < RedactionTable.leastCount { return nil }
    var text = text
    return text.withUTF8 { bytes in rewritten(bytes).map { String(decoding: $0, as: UTF8.self) } }
  }

  package func redact(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBufferPointer(rewritten) ?? bytes }

  /// The text with what is to be hidden replaced, or nil when there is nothing to hide.
  private func rewritten(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let scan = scan(bytes)
    guard !scan.masks.isEmpty else { return nil }
    count(scan.masks.count)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    scan.write(bytes, from: 0, to: bytes.count, into: &output)
    return output
  }

  private func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> RedactionScan {
    var scan = RedactionScan()
    _ = scan.run(table, bytes, from: 0, isFinal: true)
    return scan
  }

  func count(_ hits: Int) { counter.hits.add(hits, ordering: .relaxed) }
}
